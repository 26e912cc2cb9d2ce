import { parseAllDocuments } from 'yaml';

/**
 * Values that a person hands over or that a secret holds. Nothing here ever puts a value, or a part of one, into a sentence.
 */

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
export const SECRET_BYTES_MAX = 65_536;

/** What people leave in a file or a console until they have the real thing. */
const PLACEHOLDER =
  /^(?:<[^>]*>|\$?\{[^}]*\}|\[[^\]]*\]|x{3,}|\*{3,}|\.{3,}|(?:change|replace|fill|set)[ _-]?(?:me|this|it)(?:[ _-]?\w+)?|your[ _-][\w -]+|(?:to[ _-]?do|tbd|fixme|placeholder|dummy|example|sample|secret|password|none|null|undefined)[!.]*)$/i;

export const isPlaceholder = (text: string): boolean => PLACEHOLDER.test(text.trim());

export type Given = { readonly text: string } | { readonly problem: string };

/** @returns bytes from a file or a pipe as text, or a sentence that says why they cannot be kept */
export function readText(bytes: Uint8Array): Given {
  if (bytes.byteLength > SECRET_BYTES_MAX)
    return {
      problem: `The value has ${bytes.byteLength} bytes; Secrets Manager takes at most ${SECRET_BYTES_MAX}.`,
    };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return {
      problem: 'The value is no UTF-8 text; encode it, for example as base64, and let its reader decode it.',
    };
  }
  if (text.startsWith('\uFEFF'))
    return { problem: 'The value begins with a byte order mark; save it as UTF-8 without one.' };
  if (text.includes('\0'))
    return { problem: 'The value holds a NUL character, which no environment variable can.' };
  return { text };
}

/** A secret, likewise. The end of its only line is none of the value: editors and `echo` put it there. */
export function readSecret(bytes: Uint8Array): Given {
  const read = readText(bytes);
  if ('problem' in read) return read;
  const line = read.text.replace(/\r?\n$/, '');
  return line.includes('\n') ? read : { text: line };
}

/**
 * Does a value fit its readers?
 * @param fields that a JSON object must have; empty: any text will do
 * @returns what is wrong, as the end of a sentence about the value; undefined: nothing
 */
export function misfitOfSecret(text: string, fields: readonly string[]): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (fields.length === 0) return isPlaceholder(text) ? 'is a placeholder' : undefined;
  const object = jsonObject(text);
  const wanted = `a JSON object with ${fields.join(', ')}`;
  if (!object) return `is not ${wanted}, which its readers ask for`;
  const missing = fields.filter((field) => !Object.hasOwn(object, field));
  if (missing.length > 0) return `has no ${missing.join(', ')}; its readers ask for ${wanted}`;
  const odd = fields.filter((field) => !isScalar(object[field]));
  if (odd.length > 0) return `has nothing, or no plain value, in ${odd.join(', ')}`;
  const placeholders = fields.filter((field) => isPlaceholder(String(object[field])));
  return placeholders.length > 0 ? `has a placeholder in ${placeholders.join(', ')}` : undefined;
}

/**
 * Can a configuration file be read as what its name says? Other endings are not looked into.
 * @param path where it is in the container
 */
export function misfitOfFile(path: string, text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/\.json$/i.test(path)) return problemOfJson(text);
  if (!/\.ya?ml$/i.test(path)) return undefined;
  const [error] = parseAllDocuments(text).flatMap((one) => ('errors' in one ? one.errors : []));
  // Only the kind and the place: the message quotes the line.
  if (!error) return undefined;
  const { line, col } = error.linePos?.[0] ?? { line: 0, col: 0 };
  return `is no YAML (${error.code.toLowerCase().replaceAll('_', ' ')}, line ${line}, column ${col})`;
}

function problemOfJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'is no JSON';
  }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What can become the text of an environment variable. */
const isScalar = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && value !== '';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
