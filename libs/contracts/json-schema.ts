import { getMetadataStorage } from 'class-validator';
import { type JsonSchema, nestedFieldsOf, schemaOf } from './fields.js';
import { fieldsOf } from './validation.js';

type Declared = new () => object;

/**
 * JSON Schemas (draft 2020-12) of declared classes, each once under its name; what nests refers to it.
 * A field that is optional may be null too: at the edge, null counts as left out.
 */
export class JsonSchemas {
  private readonly types = new Map<string, Declared>();
  private readonly schemas = new Map<string, JsonSchema>();

  /** @param base what stands before a class's name in a reference: `#/components/schemas/`. */
  constructor(private readonly base: string) {}

  /** Every schema so far, by name, in alphabetical order. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A reference to the schema of a class. */
  refTo(type: Declared): JsonSchema {
    const known = this.types.get(type.name);
    if (known !== undefined && known !== type) throw new Error(`Two classes are named ${type.name}: rename one.`);
    if (known === undefined) {
      this.types.set(type.name, type);
      this.schemas.set(type.name, this.of(type));
    }
    return { $ref: `${this.base}${type.name}` };
  }

  /** The schema of a class, without the fields that are left out. */
  of(type: Declared, leftOut: readonly string[] = []): JsonSchema & { properties: Record<string, JsonSchema> } {
    const fields = [...fieldsOf(type)].filter((field) => !leftOut.includes(field));
    const properties = Object.fromEntries(fields.map((field) => [field, this.fieldOf(type, field)]));
    const required = fields.filter((field) => !isOptional(type, field));
    return {
      type: 'object',
      properties,
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    };
  }

  private fieldOf(type: Declared, field: string): JsonSchema {
    const schema = this.valueOf(type, field);
    if (!isOptional(type, field)) return schema;
    return { anyOf: [schema, { type: 'null' }] };
  }

  private valueOf(type: Declared, field: string): JsonSchema {
    const declared = schemaOf(type, field);
    const nested = nestedFieldsOf(type).get(field);
    if (nested === undefined) return declared;
    if (nested.variants) return { anyOf: Object.values(nested.variants.classes).map((variant) => this.refTo(variant)) };
    const inside = this.refTo(nested.type({}));
    return nested.list ? { ...declared, items: inside } : inside;
  }
}

/** Whether a field may be left out. */
export function isOptional(type: Declared, field: string): boolean {
  return getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .some(({ propertyName, name }) => propertyName === field && name === 'isOptional');
}
