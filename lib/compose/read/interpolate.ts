import { formatPath, type Path } from '../../config/problem';

/** A variable that is not set although a file asks for it. */
export interface MissingVariable {
  readonly path: Path;
  readonly variable: string;
  /** What the file says of it (`${A:?message}`); undefined if Compose would take the empty text. */
  readonly required: string | undefined;
}

/** Value of a variable, or undefined if it is not set. */
export type Lookup = (variable: string) => string | undefined;

/** A text with a dollar sign that begins nothing that Compose knows. */
export class InterpolationError extends Error {
  override readonly name = 'InterpolationError';
}

/**
 * Fills in variables as Compose does: `$A`, `${A}`, `${A:-default}`, `${A-default}`, `${A:?message}`, `${A?message}`,
 * `${A:+other}`, `${A+other}`, nested; `$$` is a dollar sign.
 * @param missing gets each variable without a value, with its message if it is required
 * @throws InterpolationError
 */
export function interpolate(
  text: string,
  lookup: Lookup,
  missing: (variable: string, required: string | undefined) => void,
): string {
  let out = '';
  let i = 0;
  while (i < text.length) {
    const dollar = text.indexOf('$', i);
    if (dollar < 0) return out + text.slice(i);
    out += text.slice(i, dollar);
    const rest = text.slice(dollar + 1);
    const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (rest.startsWith('$')) {
      out += '$';
      i = dollar + 2;
    } else if (name !== undefined) {
      out += known(name, lookup, missing);
      i = dollar + 1 + name.length;
    } else {
      const end = rest.startsWith('{') ? closing(rest) : -1;
      if (end < 0) throw new InterpolationError('a $ begins no variable; write $$ for the sign itself.');
      out += braced(rest.slice(1, end), lookup, missing);
      i = dollar + 1 + end + 1;
    }
  }
  return out;
}

function known(name: string, lookup: Lookup, missing: (name: string, required: undefined) => void): string {
  const value = lookup(name);
  if (value === undefined) missing(name, undefined);
  return value ?? '';
}

/** Position of the brace that closes the first one; braces of nested variables are skipped. */
function closing(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{' && (i === 0 || text[i - 1] === '$')) depth += 1;
    else if (text[i] === '}') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
}

function braced(
  inside: string,
  lookup: Lookup,
  missing: (variable: string, required: string | undefined) => void,
): string {
  const [, name, operator, word = ''] = /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(inside) ?? [];
  if (name === undefined) {
    throw new InterpolationError(
      'braces behind a $ hold no name of a variable; write $$ for the sign itself.',
    );
  }
  const value = lookup(name);
  const isThere = value !== undefined && (value !== '' || !operator?.startsWith(':'));
  switch (operator?.at(-1)) {
    case '-':
      return isThere ? value : interpolate(word, lookup, missing);
    case '+':
      return isThere ? interpolate(word, lookup, missing) : '';
    case '?':
      if (!isThere) missing(name, word === '' ? 'it is required' : word);
      return value ?? '';
    default:
      return known(name, lookup, missing);
  }
}

/** What interpolation of a whole file may find. */
export interface InterpolationHost {
  readonly lookup: Lookup;
  missing(found: MissingVariable): void;
  invalid(path: Path, message: string): void;
}

/** Fills in the variables of every text of a tree; keys stay as they are. */
export function interpolateTree(value: unknown, host: InterpolationHost, path: Path = []): unknown {
  if (typeof value === 'string') {
    try {
      return interpolate(value, host.lookup, (variable, required) =>
        host.missing({ path, variable, required }),
      );
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      host.invalid(path, error.message);
      return '';
    }
  }
  if (Array.isArray(value))
    return value.map((one, i) => interpolateTree(one, host, [...path, itemName(one) ?? i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, interpolateTree(one, host, [...path, key])]),
  );
}

/** `NAME` of `NAME=value`: variables in lists are found by their names, as in mappings. */
const itemName = (item: unknown): string | undefined =>
  typeof item === 'string' ? /^([A-Za-z_][\w.-]*)=/.exec(item)?.[1] : undefined;

/** Whether two paths mean the same place. */
export const samePlace = (a: Path, b: Path): boolean => formatPath(a) === formatPath(b);
