import { InterpolationError, interpolate, type Lookup } from './interpolate';

/**
 * Reads a file of variables as Compose does: `NAME=value`, `export NAME=value`, `NAME: value`, comments, single quotes
 * (literal), double quotes (escapes), values over several lines within quotes, and other variables of the file or of the
 * environment.
 * @param raw values are taken as they stand (`format: raw`)
 * @returns values by name in the order of the file; undefined for a name without a value, which passes the value of the
 *   environment on
 */
export function readEnvFile(text: string, lookup: Lookup, raw = false): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const line = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:([=:])[ \t]*|$)/gm;
  for (let match = line.exec(source); match; match = line.exec(source)) {
    const [whole, name = '', sign] = match;
    if (sign === undefined) {
      found.set(name, lookup(name));
      continue;
    }
    const { value, length } = readValue(source.slice(match.index + whole.length), raw);
    line.lastIndex = match.index + whole.length + length;
    const inside: Lookup = (other) => found.get(other) ?? lookup(other);
    found.set(name, value.literal ? value.text : filledIn(value.text, inside));
  }
  return found;
}

interface Value {
  readonly text: string;
  /** Nothing is filled in. */
  readonly literal: boolean;
}

function readValue(rest: string, raw: boolean): { value: Value; length: number } {
  const quoted = raw ? null : /^(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)")/.exec(rest);
  if (quoted) {
    const [whole, single, double = ''] = quoted;
    const text = single ?? double.replace(/\\(["\\nrt])/g, (_, one: string) => ESCAPES[one] ?? one);
    return { value: { text, literal: single !== undefined }, length: whole.length };
  }
  const [end = ''] = /^[^\n]*/.exec(rest) ?? [];
  const text = raw ? end : end.replace(/(^|\s)#.*$/, '').trim();
  return { value: { text, literal: raw }, length: end.length };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A dollar sign that begins no variable stands for itself in such files. */
function filledIn(text: string, lookup: Lookup): string {
  try {
    return interpolate(text, lookup, () => {});
  } catch (error) {
    if (error instanceof InterpolationError) return text;
    throw error;
  }
}
