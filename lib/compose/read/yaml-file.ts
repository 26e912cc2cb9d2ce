import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { formatPath, type Path } from '../../config/problem';
import { isMapping, type Mapping } from '../json';

/** One YAML file of a Compose project: its data with anchors and merge keys followed, and where each thing stands. */
export interface YamlFile {
  /** As it is to appear in messages. */
  readonly name: string;
  readonly data: Mapping;
  /** Paths (`services.web.ports`) with Compose's own tags: `!reset` takes a value away, `!override` replaces it whole. */
  readonly tags: ReadonlyMap<string, 'reset' | 'override'>;
  /** How many parts of a path the file says, and the line of the last of them. From 1. */
  find(path: Path): { readonly line: number; readonly depth: number };
}

/** A file that is no YAML mapping. */
export interface YamlMistake {
  readonly line: number;
  readonly message: string;
}

/** Aliases are bounded, so that a small file cannot blow up. */
const MOST_ALIASES = 1000;

/** Reads YAML as Compose does: with `<<`, and with each key written once. */
export function readYaml(text: string, name: string): YamlFile | YamlMistake {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    merge: true,
    logLevel: 'silent',
  });
  const line = (offset: number): number => counter.linePos(offset).line || 1;
  const [error] = document.errors;
  if (error) return { line: line(error.pos[0]), message: `the YAML cannot be read: ${error.message}` };
  try {
    const data: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (isCircular(data)) return { line: 1, message: 'an anchor holds an alias of itself.' };
    if (data !== null && !isMapping(data)) {
      return { line: 1, message: 'the file is no mapping with keys such as services.' };
    }
    return { name, data: data ?? {}, tags: tagsOf(document), find: (path) => find(document, path, line) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { line: 1, message: `the aliases cannot be followed: ${reason}` };
  }
}

/** Whether something lies within itself, as an alias within its own anchor does. */
function isCircular(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (around.includes(value)) return true;
  return Object.values(value).some((one) => isCircular(one, [...around, value]));
}

export const isMistake = (read: YamlFile | YamlMistake): read is YamlMistake => 'message' in read;

function tagsOf(document: Document.Parsed): Map<string, 'reset' | 'override'> {
  const found = new Map<string, 'reset' | 'override'>();
  visit(document, {
    Node(_, node, ancestors) {
      const tag = node.tag;
      if (tag !== '!reset' && tag !== '!override') return;
      const keys = ancestors.flatMap((one) => (isPair(one) ? [String(keyOf(one.key))] : []));
      found.set(formatPath(keys), tag === '!reset' ? 'reset' : 'override');
    },
  });
  return found;
}

const keyOf = (key: unknown): unknown => (isScalar(key) ? key.value : key);

/** The library reads `<<` as a symbol where it merges. */
const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol');

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** Follows a path through mappings, lists, aliases and merge keys, and stops at the last thing that is there. */
function find(document: Document.Parsed, path: Path, line: (offset: number) => number) {
  let node: unknown = document.contents;
  let offset = 0;
  let depth = 0;
  for (const part of path) {
    const next = child(document, isAlias(node) ? node.resolve(document) : node, part);
    if (!next) break;
    offset = next.offset ?? offset;
    node = next.node;
    depth += 1;
  }
  return { line: line(offset), depth };
}

interface Child {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function child(document: Document.Parsed, node: unknown, part: string | number): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => String(keyOf(item.key)) === String(part));
    if (pair) return { node: pair.value, offset: startOf(pair.key) };
    const merged = node.items.filter((item) => isMergeKey(item.key)).map((item) => item.value);
    return mergedChild(document, merged, part);
  }
  if (!isSeq(node)) return undefined;
  // An element of a list by its position, or by its name: `- NAME=value`.
  const item =
    typeof part === 'number'
      ? node.items[part]
      : node.items.find((one) => new RegExp(`^${escaped(part)}(=|$)`).test(String(keyOf(one))));
  return item === undefined ? undefined : { node: item, offset: startOf(item) };
}

function mergedChild(
  document: Document.Parsed,
  values: readonly unknown[],
  part: string | number,
): Child | undefined {
  for (const value of values) {
    const sources = isSeq(value) ? value.items : [value];
    for (const source of sources) {
      const found = child(document, isAlias(source) ? source.resolve(document) : source, part);
      if (found) return found;
    }
  }
  return undefined;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
