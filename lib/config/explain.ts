import { z } from 'zod';
import type { Path, Problem } from './problem';
import { allowedWords, describeAllowed, knownKeys, schemaAt, unwrap, valueAt } from './schema-walk';
import { didYouMean, likelyMeaning } from './suggest';

/** What the schema has against a file, and the places that no rule may draw conclusions from. */
export interface Explained {
  readonly problems: readonly Problem[];
  readonly damaged: readonly Path[];
  /** Keys that misspelt ones most likely mean: that these are missing is no second problem. */
  readonly meant?: readonly Path[];
}

export const pathOf = (issue: z.core.$ZodIssue): Path =>
  issue.path.map((part) => (typeof part === 'number' ? part : String(part)));

/**
 * What is wrong with a value that may be one of several kinds. Of a mapping it says what is wrong inside; a value that is
 * of none of the kinds is one issue.
 */
export function unfold(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const inside = issue.errors.find((errors) => errors.every(({ path }) => path.length > 0));
  if (!inside) return [{ code: 'custom', path: issue.path, message: issue.message, input: issue.input }];
  return inside.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Puts the findings of the schema into our words: the value, what is allowed, what a misspelt word likely means. */
export function explainIssue(root: z.core.$ZodType, data: unknown, issue: z.core.$ZodIssue): Explained {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return explainKeys(root, data, path, issue.keys);
  const schema = schemaAt(root, path, data);
  if (issue.code === 'invalid_key') return explainName(root, data, path);
  const value = valueAt(data, path);
  if (issue.code === 'invalid_union' && value === undefined) {
    // Without its kind a union does not look at the other keys, and the misspelt kind may be among them.
    const kind = String(path[path.length - 1]);
    const misspelt = keysAt(data, path.slice(0, -1)).filter((key) => likelyMeaning(key, [kind]) === kind);
    if (misspelt.length > 0) return misspeltKind(root, data, path, misspelt);
  }
  const allowed = schema ? describeAllowed(schema) : issue.message;
  // The kind of a union decides about everything beside it.
  const damaged = issue.code === 'invalid_union' ? [path.slice(0, -1)] : [path];
  if (value === undefined)
    return { problems: [{ path, message: sentence(`is missing; needed: ${allowed}`) }], damaged };
  const words = schema ? allowedWords(schema) : undefined;
  const meant = words && typeof value === 'string' ? didYouMean(value, words.map(String)) : '';
  const message =
    sentence(`${show(value)} is not allowed;${meant} allowed: ${allowed}`) + hint(schema, value);
  return { problems: [{ path, message }], damaged };
}

function explainKeys(root: z.core.$ZodType, data: unknown, path: Path, keys: readonly string[]): Explained {
  const schema = schemaAt(root, path, data);
  const known = (schema && knownKeys(schema, valueAt(data, path))) ?? [];
  const meant = keys.flatMap((key) => likelyMeaning(key, known) ?? []).map((key) => [...path, key]);
  return {
    meant,
    problems: keys.map((key) => ({
      path: [...path, key],
      message: `this key is unknown;${didYouMean(key, known)} allowed: ${known.join(', ')}.`,
    })),
    // What was meant is missing now: no rule may blame the file for that as well.
    damaged: [...keys.map((key) => [...path, key]), ...meant],
  };
}

function misspeltKind(
  root: z.core.$ZodType,
  data: unknown,
  path: Path,
  misspelt: readonly string[],
): Explained {
  const schema = schemaAt(root, path, data);
  const kind = String(path[path.length - 1]);
  return {
    problems: misspelt.map((key) => ({
      path: [...path.slice(0, -1), key],
      message: `this key is unknown; did you mean ${kind}? It says which one: ${schema ? describeAllowed(schema) : kind}.`,
    })),
    damaged: [path.slice(0, -1)],
  };
}

const keysAt = (data: unknown, path: Path): string[] => {
  const value = valueAt(data, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
};

function explainName(root: z.core.$ZodType, data: unknown, path: Path): Explained {
  const parent = schemaAt(root, path.slice(0, -1), data);
  const record = parent && unwrap(parent);
  const allowed = record instanceof z.ZodRecord ? describeAllowed(record.keyType) : 'another name';
  return {
    problems: [
      { path, message: `the name ${show(path[path.length - 1])} is not allowed; allowed: ${allowed}.` },
    ],
    damaged: [path],
  };
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** What YAML makes of a value is not always what its writer meant. */
function hint(schema: z.core.$ZodType | undefined, value: unknown): string {
  if (!schema) return '';
  if (value === null && takesDefaults(schema)) return ' Write {} to take every default.';
  const inner = unwrap(schema);
  const isText = typeof value === 'number' || typeof value === 'boolean';
  return isText && inner instanceof z.ZodString && inner.safeParse(String(value)).success
    ? ' Put it in quotes.'
    : '';
}

const takesDefaults = (schema: z.core.$ZodType): boolean => {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject && inner.safeParse({}).success;
};

/** A value as it is to appear in a message: short, and with its type where that is what is wrong. */
export function show(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}
