// Values for a fuzz, made from a JSON schema: such as the schema asks for, and such as nobody should send, which are the first
// kind with something in them exchanged, left out or put beside.

import fc from 'fast-check';

/** As much of JSON Schema as the project's own schemas use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

export type Resolve = (reference: string) => JsonSchema;

/** So deep are values made; below it there is nothing. */
const deepest = 6;

/** @param ids of things that are there, which a place for an id gets now and then */
export function shaped(schema: JsonSchema, resolve: Resolve, ids: readonly string[], depth = 0): fc.Arbitrary<unknown> {
  const inner = (each: JsonSchema) => shaped(each, resolve, ids, depth + 1);
  if (depth > deepest) return fc.constant(null);
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(inner));
  if (schema.allOf !== undefined) return inner(Object.assign({}, ...schema.allOf.map((each) => (each.$ref ? resolve(each.$ref) : each))));
  switch (schema.type) {
    case 'string':
      return text(schema, ids);
    case 'integer':
    case 'number': {
      const min = Math.max(schema.minimum ?? schema.exclusiveMinimum ?? -1_000_000, Number.MIN_SAFE_INTEGER);
      return fc.integer({ min: Math.ceil(min), max: Math.max(min, Math.min(schema.maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER)) });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: Math.min(schema.minItems ?? 0, 3),
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return object(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function object(
  { properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema,
  inner: (schema: JsonSchema) => fc.Arbitrary<unknown>,
) {
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])), {
    requiredKeys: required.filter((name) => name in properties),
  });
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(inner({ type: 'string', ...propertyNames }) as fc.Arbitrary<string>, inner(additionalProperties), {
    maxKeys: 3,
  });
  return fc.tuple(more, known).map(([others, own]) => ({ ...others, ...own }));
}

function text({ pattern, format, minLength, maxLength = 40 }: JsonSchema, ids: readonly string[]): fc.Arbitrary<string> {
  const plain = fc.string({ minLength: Math.min(minLength ?? 0, 200), maxLength: Math.min(maxLength, 200) });
  if (format === 'uuid') return ids.length === 0 ? fc.uuid() : fc.oneof(fc.constantFrom(...ids), fc.uuid());
  if (pattern === undefined) return plain;
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    // Some look ahead, which cannot be turned round.
    return plain;
  }
}

/** What nobody should send, wherever it is put. */
const hostile: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  'ﬁ',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '/etc/passwd',
  "' or 1=1 --",
  '$(id)',
  '{{server.id}}',
  '%00%2e%2e%2f',
  'NaN',
  'x'.repeat(10_000),
  'é'.repeat(300),
  [],
  {},
  [[[[[[[[]]]]]]]],
  Array.from({ length: 2_000 }, () => 0),
  { __proto__: null, toString: 1, length: -1 },
  JSON.parse('{"__proto__": {"admin": true}}'),
];

/** Something in it is exchanged, left out or put beside, once or a few times. */
export function misshapen(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const bend = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('exchange', 'exchange', 'leave-out', 'put-beside'),
    what: fc.constantFrom(...hostile),
  });
  return fc.tuple(good, fc.array(bend, { minLength: 1, maxLength: 3 })).map(([value, bends]) =>
    bends.reduce<unknown>((bent, { at, how, what }) => {
      const root = { value: structuredClone(bent) };
      const places = placesIn(root);
      const { parent, key } = places[at % places.length] as Place;
      if (how === 'exchange') parent[key] = what;
      else if (how === 'leave-out') delete parent[key];
      else if (typeof parent[key] === 'object' && parent[key] !== null) (parent[key] as Place['parent'])['surprise'] = what;
      return root.value;
    }, value),
  );
}

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [{ parent: value as Place['parent'], key }, ...placesIn(below)]);
}
