import { isAbsolute, join, normalize } from 'node:path';
import type { Path } from '../../config/problem';
import { entriesOf, field, isMapping, listOf, type Mapping, textOf } from '../json';
import { shellWords } from './words';

/** A folder, and how to say that something in a file is wrong. */
export interface FormHost {
  /** Relative paths of the file start here. */
  readonly folder: string;
  problem(path: Path, message: string): void;
}

/**
 * Brings one service into the long syntax of Compose, so that files can be laid over each other: what may be a list of
 * `NAME=value` becomes a mapping, short ports and volumes become mappings, commands become words, paths begin at the
 * folder of their file.
 */
export function longForm(service: Mapping, path: Path, host: FormHost): Mapping {
  const long = entriesOf(service).map(([key, value]): [string, unknown] => {
    const change = Object.hasOwn(CHANGES, key) ? CHANGES[key] : undefined;
    return [key, change && value !== null ? change(value, [...path, key], host) : value];
  });
  return Object.fromEntries(long);
}

type Change = (value: unknown, path: Path, host: FormHost) => unknown;

/** `[A=b, C]` as `{A: b, C: null}`. */
const named: Change = (value, path, host) => {
  if (isMapping(value)) return value;
  return Object.fromEntries(
    listOf(value).flatMap((item): [string, string | null][] => {
      const text = textOf(item);
      if (text === undefined) {
        host.problem(path, 'an element is neither NAME nor NAME=value.');
        return [];
      }
      const sign = text.indexOf('=');
      return [sign < 0 ? [text, null] : [text.slice(0, sign), text.slice(sign + 1)]];
    }),
  );
};

/** `[a, b]` as `{a: entry, b: entry}`. */
const keyed =
  (entry: Mapping): Change =>
  (value) =>
    isMapping(value)
      ? value
      : Object.fromEntries(listOf(value).flatMap((item) => (textOf(item) ? [[String(item), entry]] : [])));

const words: Change = (value) =>
  typeof value === 'string' ? shellWords(value) : listOf(value).map((one) => textOf(one) ?? '');

/** `source` as `{ source }`. */
const mappings =
  (key: string) =>
  (value: unknown, path: Path, host: FormHost): Mapping[] =>
    listOf(value).flatMap((item) => {
      if (isMapping(item)) return [item];
      const text = textOf(item);
      if (text === undefined) host.problem(path, 'an element is neither a name nor a mapping.');
      return text === undefined ? [] : [{ [key]: text }];
    });

const inFolder = (path: string, folder: string): string =>
  isAbsolute(path) || path.startsWith('~') ? path : normalize(join(folder, path));

const envFiles: Change = (value, path, host) =>
  mappings('path')(value, path, host).map((one) => ({
    ...one,
    path: inFolder(textOf(field(one, 'path')) ?? '', host.folder),
  }));

const build: Change = (value, _, { folder }) => {
  const long = isMapping(value) ? value : { context: value };
  const context = textOf(field(long, 'context')) ?? '.';
  return { ...long, context: /^[a-z]+:\/\/|^git@/.test(context) ? context : inFolder(context, folder) };
};

const healthcheck: Change = (value) => {
  const test = field(value, 'test');
  if (!isMapping(value) || test === undefined) return value;
  return { ...value, test: typeof test === 'string' ? ['CMD-SHELL', test] : words(test, [], NOWHERE) };
};
const NOWHERE: FormHost = { folder: '.', problem: () => {} };

const deploy: Change = (value, path, host) => {
  const labels = field(value, 'labels');
  return isMapping(value) && labels ? { ...value, labels: named(labels, [...path, 'labels'], host) } : value;
};

const ports: Change = (value, path, host) =>
  listOf(value).flatMap((item) => {
    if (isMapping(item)) return [item];
    const text = textOf(item) ?? '';
    const long = shortPort(text);
    if (long.length === 0) host.problem(path, `${JSON.stringify(text)} is no port; for example "8080:80".`);
    return long;
  });

/** A range longer than this is no list of ports of a web application. */
const LONGEST_RANGE = 50;

/** `[[address:]published:]target[/protocol]`, each of the two a number or a range. */
function shortPort(text: string): Mapping[] {
  const [, before = '', first, last, protocol = 'tcp'] =
    /^(?:(.*):)?(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text.trim()) ?? [];
  if (first === undefined) return [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (from < 1 || to > 65_535 || to < from || to - from >= LONGEST_RANGE) return [];
  const [, address, published] = /^(?:\[?(.*?)\]?:)?([\d-]*)$/.exec(before) ?? [];
  if (before !== '' && published === undefined) return [];
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    target: from + i,
    protocol,
    ...(before === '' ? {} : { published: publishedAt(published ?? '', i) }),
    ...(address ? { host_ip: address } : {}),
  }));
}

const publishedAt = (range: string, i: number): string => {
  const [from = ''] = range.split('-');
  return from === '' ? '' : String(Number(from) + i);
};

const volumes: Change = (value, path, host) =>
  listOf(value).flatMap((item) => {
    if (isMapping(item)) {
      const source = textOf(field(item, 'source'));
      return [
        field(item, 'type') === 'bind' && source ? { ...item, source: inFolder(source, host.folder) } : item,
      ];
    }
    const text = textOf(item);
    if (!text) host.problem(path, 'an element is neither a text nor a mapping.');
    return text ? [shortVolume(text, host.folder)] : [];
  });

/** `[source:]target[:mode]` */
function shortVolume(text: string, folder: string): Mapping {
  const parts = text.split(':');
  if (parts.length === 1) return { type: 'volume', target: text };
  const [source = '', target = '', mode = ''] = parts;
  const isBind = /^[./~]/.test(source);
  return {
    type: isBind ? 'bind' : 'volume',
    source: isBind ? inFolder(source, folder) : source,
    target,
    ...(mode.split(',').includes('ro') ? { read_only: true } : {}),
  };
}

const CHANGES: Readonly<Record<string, Change>> = {
  environment: named,
  labels: named,
  annotations: named,
  depends_on: keyed({ condition: 'service_started' }),
  networks: keyed({}),
  command: words,
  entrypoint: words,
  env_file: envFiles,
  build,
  healthcheck,
  deploy,
  ports,
  volumes,
  secrets: mappings('source'),
  configs: mappings('source'),
  extends: (value) => (typeof value === 'string' ? { service: value } : value),
  tmpfs: listOf,
  profiles: listOf,
  expose: listOf,
  links: listOf,
  volumes_from: listOf,
};

/** Paths of the files behind secrets and configs of the top level begin at the folder of their file. */
export const fileEntries = (entries: Mapping, folder: string): Mapping =>
  Object.fromEntries(
    entriesOf(entries).map(([name, entry]) => {
      const file = textOf(field(entry, 'file'));
      return [name, isMapping(entry) && file ? { ...entry, file: inFolder(file, folder) } : entry];
    }),
  );
