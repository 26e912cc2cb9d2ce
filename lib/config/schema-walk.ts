import { z } from 'zod';
import type { Path } from './problem';
import { oneOf } from './suggest';

/** Takes away what only says whether a value must be there, and what may be written short in place of a mapping. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrapPresence(schema);
  const mapping = shortAndLong(inner)?.long;
  return mapping ? unwrap(mapping) : inner;
}

function unwrapPresence(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapPresence(schema.unwrap());
  }
  return schema;
}

/** The parts of a union of a mapping and of scalars that are short for one: `true`, or `{ enabled: true }`. */
function shortAndLong(
  schema: z.core.$ZodType,
): { short: readonly z.core.$ZodType[]; long: z.core.$ZodType } | undefined {
  if (!(schema instanceof z.ZodUnion) || schema instanceof z.ZodDiscriminatedUnion) return undefined;
  const long = schema.options.find((option) => option instanceof z.ZodObject);
  return long && { short: schema.options.filter((option) => option !== long), long };
}

/** What may be written in place of the mapping at this schema, in words; empty if nothing may. */
export const describeShort = (schema: z.core.$ZodType): string =>
  (shortAndLong(unwrapPresence(schema))?.short ?? [])
    .map((short) => `${describeAllowed(short)}, or `)
    .join('');

/**
 * The schema of the value at a path; among alternatives the one that the data has chosen.
 * @returns undefined if the schema knows no such place
 */
export function schemaAt(root: z.core.$ZodType, path: Path, data: unknown): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = root;
  let value = data;
  for (const part of path) {
    schema = schema && childOf(unwrap(schema), part, value);
    value = valueAt(value, [part]);
  }
  return schema;
}

function childOf(
  schema: z.core.$ZodType,
  part: string | number,
  value: unknown,
): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    if (part === discriminator) return alternatives(schema);
    const option = schema.options.find(
      (o) => unwrap(o) instanceof z.ZodObject && isChosen(o, discriminator, value),
    );
    return option && childOf(option, part, value);
  }
  if (schema instanceof z.ZodObject) return schema.shape[part];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

const isChosen = (option: z.core.$ZodType, discriminator: string, value: unknown): boolean =>
  option instanceof z.ZodObject &&
  option.shape[discriminator].safeParse(valueAt(value, [discriminator])).success;

/** The names of the alternatives of a union, as an enumeration. */
export function alternatives(union: z.ZodDiscriminatedUnion): z.ZodEnum {
  const names = union.options.flatMap((option) => {
    const key = option instanceof z.ZodObject ? unwrap(option.shape[union.def.discriminator]) : undefined;
    return key instanceof z.ZodLiteral ? [...key.values].map(String) : [];
  });
  return z.enum(names);
}

/** @returns undefined if there is nothing at the path */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

/** Words that a value may be, if it is one of a few. */
export function allowedWords(schema: z.core.$ZodType): (string | number | boolean)[] | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map((o) => o as string | number);
  if (inner instanceof z.ZodLiteral) return [...inner.values].map((v) => v as string | number);
  if (inner instanceof z.ZodDiscriminatedUnion) return allowedWords(alternatives(inner));
  return undefined;
}

/** Names that a mapping may hold, or undefined if they are free. */
export function knownKeys(schema: z.core.$ZodType, data?: unknown): string[] | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return undefined;
  const option = inner.options.find((o) => isChosen(o, inner.def.discriminator, data));
  return option && knownKeys(option);
}

/** What a value may be, in words: `a whole number from 1 to 35`, `small, medium or large`. */
export function describeAllowed(schema: z.core.$ZodType): string {
  const inner = unwrap(schema);
  const words = allowedWords(inner);
  if (inner instanceof z.ZodDiscriminatedUnion) return 'a mapping';
  if (words) return oneOf(words);
  if (inner instanceof z.ZodBoolean) return 'true or false';
  if (inner instanceof z.ZodNumber) return describeNumber(inner);
  if (inner instanceof z.ZodEmail) return 'an e-mail address';
  if (inner instanceof z.ZodString) return describeText(inner);
  if (inner instanceof z.ZodArray) return describeList(inner);
  if (inner instanceof z.ZodRecord) return 'a mapping of names';
  const keys = knownKeys(inner);
  return keys ? `${describeShort(schema)}a mapping with the keys ${keys.join(', ')}` : 'something else';
}

function describeNumber(schema: z.ZodNumber): string {
  const checks = (schema.def.checks ?? []).map((check) => check._zod.def);
  const above = checks.some((d) => d.check === 'greater_than' && 'inclusive' in d && d.inclusive === false);
  const kind = schema.format === 'safeint' ? 'a whole number' : 'a number';
  const { minValue: min, maxValue: max } = schema;
  const from = min === null || !Number.isFinite(min) ? '' : above ? ` above ${min}` : ` from ${min}`;
  const to = max === null || !Number.isFinite(max) ? '' : above ? ` and at most ${max}` : ` to ${max}`;
  return `${kind}${from}${to}`;
}

function describeText(schema: z.ZodString): string {
  const patterns = (schema.def.checks ?? []).flatMap((check) => {
    const def = check._zod.def;
    if (def.check !== 'string_format' || !def.error) return [];
    const said = def.error({ code: 'invalid_format' } as Parameters<NonNullable<typeof def.error>>[0]);
    return typeof said === 'string' ? [said] : said?.message ? [said.message] : [];
  });
  const longest = schema.maxLength === null ? [] : [`at most ${schema.maxLength} characters`];
  return [...(patterns.length > 0 ? patterns : ['text']), ...longest].join(', ');
}

function describeList(schema: z.ZodArray): string {
  const bounds = (schema.def.checks ?? []).map(
    (check) => check._zod.def as { minimum?: number; maximum?: number },
  );
  const min = bounds.find((b) => b.minimum !== undefined)?.minimum;
  const max = bounds.find((b) => b.maximum !== undefined)?.maximum;
  const count =
    min !== undefined && min === max
      ? ` of exactly ${min}`
      : `${min === undefined ? '' : ` of at least ${min}`}${max === undefined ? '' : ` ${min === undefined ? 'of' : 'and'} at most ${max}`}`;
  return `a list${count}, each ${describeAllowed(schema.element)}`;
}
