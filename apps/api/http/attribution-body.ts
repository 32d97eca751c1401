import { Id } from '#contracts/fields.js';

/** Whose a complaint or an interaction was, found later. */
export class AttributionBody {
  @Id() customerId!: string;
}
