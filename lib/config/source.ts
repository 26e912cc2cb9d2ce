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
  /** Keys that are written twice in a mapping. The data has the last value of each. */
  readonly repeated: readonly Problem[];
  /**
   * Line of a key or of an element of a list; of the nearest thing around it if it is not there. Of a key that is written
   * twice the last one. From 1.
   */
  lineOf(path: Path): number;
  /** One `file:line: path: message` for each problem, from top to bottom. */
  format(problems: readonly Problem[]): string[];
}

/**
 * Reads YAML.
 * @param file as it is to appear in messages
 * @throws PlatformFileError for everything that is no YAML mapping; keys written twice are for the caller to report
 */
export function readSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
  const line = (offset: number): number => counter.linePos(offset).line || 1;
  const mistakes = [...syntaxMistakes(document), ...danglingAliases(document)];
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
    repeated: repeatedKeys(document, line),
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
      const pair = at.items.findLast((item) => isPair(item) && String(keyOf(item.key)) === String(part));
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
 * the first is told; tabs explain everything else.
 */
function syntaxMistakes({ errors }: Document.Parsed): Mistake[] {
  const tabs = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  return (tabs.length > 0 ? tabs : errors.slice(0, 1)).map((error) => ({
    offset: error.pos[0],
    message: syntaxMessage(error),
  }));
}

function syntaxMessage(error: { code: string; message: string }): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent; YAML allows spaces only.';
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents (---); it must be one.';
    default:
      return `the YAML cannot be read: ${error.message.replace(/\.?\s*$/, '.')}`;
  }
}

function repeatedKeys(document: Document.Parsed, line: (offset: number) => number): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const lines = new Map<string, number>();
      for (const { key } of map.items) {
        const name = String(keyOf(key));
        const here = line(startOf(key) ?? 0);
        const first = lines.get(name);
        if (first === undefined) lines.set(name, here);
        else
          found.push({
            path: [...pathTo([...ancestors, map]), name],
            message: `this key is written twice, in the lines ${first} and ${here}; each may be written once.`,
          });
      }
    },
  });
  return found;
}

/** Where in the file the last of some nodes is, each of which lies in the one before it. */
function pathTo(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, i): (string | number)[] => {
    if (isPair(node)) return [String(keyOf(node.key))];
    return isSeq(node) && i + 1 < nodes.length ? [node.items.indexOf(nodes[i + 1])] : [];
  });
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
