import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
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
  if (document.errors.length > 0) {
    throw new PlatformFileError(
      file,
      document.errors.map((error) => `${file}:${line(error.pos[0])}: ${syntaxMessage(error)}`),
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
  typeof node === 'object' && node !== null && 'source' in node && 'resolve' in node
    ? (node as { resolve(document: Document.Parsed): Node | undefined }).resolve(document)
    : node;

const keyOf = (key: unknown): unknown => (isScalar(key) ? key.value : key);

const startOf = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined;

/** The library's words for the mistakes that people make, in ours. */
function syntaxMessage(error: { code: string; message: string }): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent; YAML allows spaces only.';
    case 'DUPLICATE_KEY':
      return 'a key appears twice in the same mapping; each may be written once.';
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents (---); it must be one.';
    default:
      return `the YAML cannot be read: ${error.message.replace(/\.?\s*$/, '.')}`;
  }
}
