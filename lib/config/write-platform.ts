import { parse } from 'yaml';
import { formatPath, type Path } from './problem';

/** What a new platform file holds. */
export interface PlatformText {
  /** Lines of the comment at the top, without the sign. */
  readonly title: readonly string[];
  /** The data; undefined values are left out. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Comments by path (`services.web.cpu`), each behind what it is about, or above it where the line would be too long. */
  readonly comments: ReadonlyMap<string, string>;
  /** What editors find the schema by: a path relative to the file, or a URL. */
  readonly schema: string;
}

/** Lines of the project's YAML are not longer than this. */
const WIDTH = 110;
/** Mappings that are written in one line where they fit, as a person would. */
const IN_ONE_LINE: readonly RegExp[] = [
  /^services\.[^.]+\.(ports|replicas|container|stickiness|sharedFiles|metrics|deployment)$/,
  /^database\.(storage|pool|standby)$/,
  /^(queues|buckets|secrets|files)\.[^.]+$/,
  /^alerts\.receivers\.[^.]+$/,
];

/** Writes a platform file that a person can go on editing. */
export function writePlatform({ title, document, comments, schema }: PlatformText): string {
  const head = [`# yaml-language-server: $schema=${schema}`, ...title.flatMap((line) => comment(line, 0))];
  const sections: string[][] = [];
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    const lines = entry(key, value, { path: [key], indent: 0, comments });
    // What names the platform stands together; everything longer is a section of its own.
    const last = sections.at(-1);
    if (last && lines.length === 1 && last.length < 4 && !(last[0] ?? '').endsWith(':')) last.push(...lines);
    else sections.push(lines);
  }
  return `${head.join('\n')}\n${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

interface Here {
  readonly path: Path;
  readonly indent: number;
  readonly comments: ReadonlyMap<string, string>;
}

function entry(key: string, value: unknown, here: Here): string[] {
  const { path, indent, comments } = here;
  const pad = ' '.repeat(indent);
  const note = comments.get(formatPath(path));
  const short = inline(value, path);
  const line = `${pad}${scalar(key)}: ${short ?? ''}`;
  if (short !== undefined && line.length <= WIDTH) return commented(line, note, indent);
  const children = Array.isArray(value)
    ? value.flatMap((item, i) => element(item, { ...here, path: [...path, i], indent: indent + 2 }))
    : block(value, here);
  return [...commented(`${pad}${scalar(key)}:`, note, indent), ...children];
}

function block(value: unknown, { path, indent, comments }: Here): string[] {
  const entries = entriesOf(value);
  const parts = entries.map(([key, one]) =>
    entry(key, one, { path: [...path, key], indent: indent + 2, comments }),
  );
  // Services are parted by an empty line.
  return path.length === 1 && path[0] === 'services'
    ? parts.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]))
    : parts.flat();
}

function element(item: unknown, here: Here): string[] {
  const pad = ' '.repeat(here.indent);
  if (!isMapping(item)) return [`${pad}- ${inline(item, here.path) ?? flow(item)}`];
  const lines = entriesOf(item).flatMap(([key, one]) =>
    entry(key, one, { ...here, path: [...here.path, key], indent: here.indent + 2 }),
  );
  return lines.map((line, i) => (i === 0 ? `${pad}- ${line.trimStart()}` : line));
}

/** @returns what stands behind a key in its line; undefined for what needs lines of its own */
function inline(value: unknown, path: Path): string | undefined {
  if (isMapping(value)) {
    const isShort =
      entriesOf(value).length === 0 || IN_ONE_LINE.some((pattern) => pattern.test(formatPath(path)));
    return isShort ? flow(value) : undefined;
  }
  if (Array.isArray(value)) return value.some(isMapping) ? undefined : flow(value);
  return scalar(value);
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isMapping(value)) return scalar(value);
  const inside = entriesOf(value).map(([key, one]) => `${scalar(key)}: ${flow(one)}`);
  return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
}

/** Words that older readers of YAML take for truth values. */
const OLD_WORDS = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Words that need no quotes wherever they stand. */
const PLAIN = /^(-{1,2}(?=[A-Za-z]))?[A-Za-z/_][\w./*+@=-]*([ :][\w./*+@=()-]+)*$/;

/** A text is written plainly only where every reader of YAML takes it for the same text. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const isPlain =
    (PLAIN.test(value) || /^\d+(\.\d+){3}\/\d+$/.test(value)) &&
    !OLD_WORDS.test(value) &&
    parse(`[${value}]`)?.[0] === value;
  return isPlain ? value : JSON.stringify(value);
}

function commented(line: string, note: string | undefined, indent: number): string[] {
  if (note === undefined) return [line];
  const whole = `${line} # ${note}`;
  return whole.length <= WIDTH && !note.includes('\n') ? [whole] : [...comment(note, indent), line];
}

/** A comment on lines of its own. */
function comment(text: string, indent: number): string[] {
  const pad = `${' '.repeat(indent)}# `;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${pad}${word}`);
  }
  return lines;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entriesOf = (value: unknown): [string, unknown][] =>
  isMapping(value) ? Object.entries(value).filter(([, one]) => one !== undefined) : [];
