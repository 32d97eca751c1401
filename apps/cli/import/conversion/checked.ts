import { isRight } from '#contracts/checks.js';
import { parse } from '#contracts/validation.js';

/**
 * Checks data against its declaration, like `parse`, but takes data that are right as they are.
 * @throws InvalidFields with every broken rule.
 */
export function checked<Data extends object>(type: new () => Data, data: Data): Data {
  return isRight(type, data) ? data : parse(type, data);
}
