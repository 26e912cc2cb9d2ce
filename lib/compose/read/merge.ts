import { formatPath, type Path } from '../../config/problem';
import { field, isMapping, type Mapping, textOf } from '../json';

/** Compose's own tags of the file that is laid over. */
export type Tags = ReadonlyMap<string, 'reset' | 'override'>;

/** Lists that are replaced and not joined. */
const REPLACED = ['command', 'entrypoint', 'test'];

/** What makes two elements of a list the same: the later one wins. */
const SAME: Readonly<Record<string, (item: unknown) => string>> = {
  ports: (item) =>
    ['host_ip', 'published', 'target', 'protocol'].map((key) => textOf(field(item, key)) ?? '').join(' '),
  volumes: (item) => textOf(field(item, 'target')) ?? '',
  secrets: (item) => textOf(field(item, 'target')) ?? textOf(field(item, 'source')) ?? '',
  configs: (item) => textOf(field(item, 'target')) ?? textOf(field(item, 'source')) ?? '',
  env_file: (item) => textOf(field(item, 'path')) ?? '',
};

/**
 * Lays one mapping over another as Compose does with several files: mappings key by key, lists joined, a port, a mount,
 * a secret or a configuration that is given again replaced, commands and checks replaced whole. Both are in the long
 * syntax.
 * @param tags of the file that `over` is from
 */
export function overlaid(base: Mapping, over: Mapping, tags: Tags, path: Path = []): Mapping {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const at = [...path, key];
    const tag = tags.get(formatPath(at));
    if (tag === 'reset') merged.delete(key);
    else if (tag === 'override') merged.set(key, value);
    else merged.set(key, overlaidValue(merged.get(key), value, tags, at));
  }
  return Object.fromEntries(merged);
}

function overlaidValue(base: unknown, over: unknown, tags: Tags, path: Path): unknown {
  if (over === null && base !== undefined && !isWithinVariables(path)) return base;
  if (isMapping(base) && isMapping(over)) return overlaid(base, over, tags, path);
  const key = String(path.at(-1));
  if (!Array.isArray(base) || !Array.isArray(over) || REPLACED.includes(key)) return over;
  const same = Object.hasOwn(SAME, key) ? SAME[key] : undefined;
  return withoutRepeats([...base, ...over], same ?? ((item) => JSON.stringify(item)));
}

/** A variable without a value is one that is passed on. */
const isWithinVariables = (path: Path): boolean => path.at(-2) === 'environment';

function withoutRepeats(items: readonly unknown[], key: (item: unknown) => string): unknown[] {
  const last = new Map(items.map((item, i) => [key(item), i]));
  const first = [...last.keys()];
  return first.map((name) => items[last.get(name) ?? 0]);
}
