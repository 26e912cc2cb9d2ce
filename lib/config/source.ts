import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { formatPath, type Path, PlatformFileError, type Problem } from './problem';

/** The text of a platform file: its data, and on which line each thing stands. */
export interface Source {
  readonly file: string;
  readonly data: unknown;
  /** Line of a key or of an element of a list; of the nearest thing around it if it is not there. From 1. */
  lineOf(path: Path): number;
  /** One `file:line: path: message` for each problem, from top to bottom. */
  format(problems: readonly Problem[]): string[];
}

/**
 * Reads YAML.
 * @param file as it is to appear in messages
 * @throws PlatformFileError for everything that is no YAML mapping
 */
export function readSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const line = (offset: number): number => counter.linePos(offset).line || 1;
  const mistakes = [...syntaxMistakes(document, text), ...danglingAliases(document)];
  if (mistakes.length > 0) {
    throw new PlatformFileError(
      file,
      mistakes.map(({ offset, message }) => `${file}:${line(offset)}: ${message}`),
    );
  }
  const data = toData(document, file);
  const lineOf = (path: Path): number => line(offsetOf(document, path));
  return {
    file,
    data,
    lineOf,
    format: (problems) =>
      problems
        .map((problem, order) => ({ ...problem, order, line: lineOf(problem.path) }))
        .sort((a, b) => a.line - b.line || a.order - b.order)
        .map(
          ({ line, path, message }) =>
            `${file}:${line}: ${path.length > 0 ? `${formatPath(path)}: ` : ''}${message}`,
        )
        .filter((text, i, all) => all.indexOf(text) === i),
  };
}

function toData(document: Document.Parsed, file: string): unknown {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    throw new PlatformFileError(file, [`${file}:1: the file is empty; it must describe a platform.`]);
  }
  if (!isMap(document.contents)) {
    const kind = isSeq(document.contents) ? 'a list' : 'a single value';
    throw new PlatformFileError(file, [
      `${file}:1: the file holds ${kind}; it must be a mapping with keys such as name, account and regions.`,
    ]);
  }
  try {
    // Aliases are bounded, so that a small file cannot blow up.
    return document.toJS({ maxAliasCount: 1000 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformFileError(file, [`${file}:1: the aliases cannot be followed: ${reason}.`]);
  }
}

/** Follows a path through maps, lists and aliases, and stops at the last thing that is there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    const at = resolveAlias(document, node);
    if (isMap(at)) {
      const pair = at.items.find((item) => isPair(item) && String(keyOf(item.key)) === String(part));
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(at)) {
      const item = at.items[Number(part)];
      if (item === undefined) return offset;
      offset = startOf(item) ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

const resolveAlias = (document: Document.Parsed, node: unknown): unknown =>
  isAlias(node) ? node.resolve(document) : node;

const keyOf = (key: unknown): unknown => (isScalar(key) ? key.value : key);

const startOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined;

interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/**
 * The library's errors in our words. One mistake of syntax makes the parser complain about much that follows, so only
 * the first is told; tabs explain everything else, and keys that appear twice are mistakes of their own.
 */
function syntaxMistakes(document: Document.Parsed, text: string): Mistake[] {
  const { errors } = document;
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  const first = tabs.length > 0 ? tabs : errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, 1);
  const end = first[0]?.pos[0] ?? Number.POSITIVE_INFINITY;
  const twice = errors.filter(
    ({ code, pos }) => code === 'DUPLICATE_KEY' && pos[0] < end && tabs.length === 0,
  );
  return [...twice, ...first].map((error) => ({
    offset: error.pos[0],
    message: syntaxMessage(error, text.slice(error.pos[0]).match(/^[^\s:]+/)?.[0] ?? 'a key'),
  }));
}

function syntaxMessage(error: { code: string; message: string }, key: string): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent; YAML allows spaces only.';
    case 'DUPLICATE_KEY':
      return `${key} appears twice in the same mapping; each key may be written once.`;
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents (---); it must be one.';
    default:
      return `the YAML cannot be read: ${error.message.replace(/\.?\s*$/, '.')}`;
  }
}

function danglingAliases(document: Document.Parsed): Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const offset = startOf(alias) ?? 0;
      found.push({ offset, message: `there is no anchor &${alias.source} before *${alias.source}.` });
    },
  });
  return found;
}
