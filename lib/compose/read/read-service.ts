import type { Path } from '../../config/problem';
import { booleanOf, entriesOf, field, isMapping, listOf, type Mapping, numberOf, textOf } from '../json';
import type { ComposeService, ContainerPort, FileUse, Healthcheck, Mount, Variable } from '../project';
import type { Report } from '../report';
import { readEnvFile } from './env-file';
import type { Lookup } from './interpolate';
import { mibOf, secondsOf } from './units';

/** What reading a service needs beside its text. */
export interface ServiceHost {
  readonly report: Report;
  readonly lookup: Lookup;
  read(path: string): string | undefined;
}

/** Looks closely at one service in the long syntax. What cannot be understood is a problem and is left out. */
export function readService(name: string, raw: Mapping, host: ServiceHost): ComposeService {
  const path = ['services', name];
  const at = (key: string): Path => [...path, key];
  const { report } = host;
  const text = (key: string) => textOf(field(raw, key));
  const deploy = field(raw, 'deploy');
  return {
    name,
    path,
    raw,
    image: text('image')?.trim() || undefined,
    build: readBuild(field(raw, 'build')),
    command: wordsOf(field(raw, 'command')),
    entrypoint: wordsOf(field(raw, 'entrypoint')),
    environment: readEnvironment(raw, path, host),
    ports: readPorts(raw, at, report),
    mounts: readMounts(field(raw, 'volumes'), at('volumes'), report),
    tmpfs: listOf(field(raw, 'tmpfs')).flatMap((one) => textOf(one)?.split(':')[0] ?? []),
    dependsOn: new Map(
      entriesOf(field(raw, 'depends_on')).map(([other, how]) => [
        other,
        textOf(field(how, 'condition')) ?? '',
      ]),
    ),
    healthcheck: readHealthcheck(field(raw, 'healthcheck'), at('healthcheck'), report),
    labels: new Map(
      [...entriesOf(field(raw, 'labels')), ...entriesOf(field(deploy, 'labels'))].map(([key, value]) => [
        key.toLowerCase(),
        textOf(value) ?? '',
      ]),
    ),
    secrets: fileUses(field(raw, 'secrets')),
    configs: fileUses(field(raw, 'configs')),
    replicas: wholeNumber(field(deploy, 'replicas') ?? field(raw, 'scale'), at('deploy'), report),
    ...readResources(raw, path, report),
    restart: textOf(field(field(deploy, 'restart_policy'), 'condition')) ?? restartOf(field(raw, 'restart')),
    stopSeconds: duration(field(raw, 'stop_grace_period'), at('stop_grace_period'), report),
    user: text('user'),
    isReadOnly: booleanOf(field(raw, 'read_only')) ?? false,
  };
}

/** YAML reads an unquoted `no` as a truth value in its older version. */
const restartOf = (value: unknown): string | undefined =>
  value === false ? 'no' : textOf(value)?.split(':')[0];

const wordsOf = (value: unknown): readonly string[] | undefined => {
  const words = listOf(value).map((one) => textOf(one) ?? '');
  return words.length > 0 ? words : undefined;
};

function readBuild(value: unknown): ComposeService['build'] {
  if (!isMapping(value)) return undefined;
  const context = textOf(field(value, 'context')) ?? '.';
  const key = JSON.stringify([
    context,
    ...['dockerfile', 'dockerfile_inline', 'target', 'args'].map((part) => field(value, part) ?? null),
  ]);
  return { context, key };
}

/** Values of the Compose file win over those of its files of variables, and a later file over an earlier one. */
function readEnvironment(
  raw: Mapping,
  path: Path,
  { lookup, read, report }: ServiceHost,
): Map<string, Variable> {
  const found = new Map<string, Variable>();
  for (const entry of listOf(field(raw, 'env_file'))) {
    const file = textOf(field(entry, 'path')) ?? '';
    const at = [...path, 'env_file'];
    const text = read(file);
    if (text === undefined && booleanOf(field(entry, 'required')) !== false) {
      report.toDo(
        at,
        `the variables of ${file}`,
        'the file is not there, so nobody knows them.',
        'Import again with it, or add them to environment and secrets.',
      );
    }
    for (const [name, value] of readEnvFile(text ?? '', lookup, field(entry, 'format') === 'raw'))
      found.set(name, { value, path: at });
  }
  for (const [name, value] of entriesOf(field(raw, 'environment'))) {
    const at = [...path, 'environment', name];
    if (isMapping(value) || Array.isArray(value)) report.problem(at, 'a variable has one value.');
    // Without a value it is passed on from where Compose is called, or else from the file of variables.
    else found.set(name, { value: textOf(value) ?? lookup(name) ?? found.get(name)?.value, path: at });
  }
  return found;
}

/** Addresses that only the machine itself reaches. */
const LOOPBACK = /^(127\.|localhost$|::1$)/;

function readPorts(raw: Mapping, at: (key: string) => Path, report: Report): ContainerPort[] {
  const written = listOf(field(raw, 'ports')).flatMap((item) => {
    const target = numberOf(field(item, 'target'));
    if (target === undefined || !isPort(target)) {
      report.problem(at('ports'), 'a port has no target between 1 and 65535.');
      return [];
    }
    const address = textOf(field(item, 'host_ip')) ?? '';
    const protocol = textOf(field(item, 'protocol')) ?? 'tcp';
    return [{ target, protocol, isPublic: !LOOPBACK.test(address) }];
  });
  const exposed = listOf(field(raw, 'expose')).flatMap((item) => {
    const [, target, protocol = 'tcp'] =
      /^(\d+)(?:-\d+)?(?:\/(\w+))?$/.exec(textOf(item)?.trim() ?? '') ?? [];
    const number = Number(target);
    if (isPort(number)) return [{ target: number, protocol, isPublic: false }];
    report.problem(at('expose'), 'an element is no port between 1 and 65535.');
    return [];
  });
  const all = [...written, ...exposed];
  return all.filter(
    ({ target, protocol }, i) =>
      all.findIndex((one) => one.target === target && one.protocol === protocol) === i,
  );
}

const isPort = (number: number): boolean => Number.isInteger(number) && number > 0 && number < 65_536;

function readMounts(value: unknown, path: Path, report: Report): Mount[] {
  return listOf(value).flatMap((item) => {
    const target = textOf(field(item, 'target'));
    if (target) {
      const type = textOf(field(item, 'type')) ?? 'volume';
      return [{ type, source: textOf(field(item, 'source')), target }];
    }
    report.problem(path, 'a mount has no target.');
    return [];
  });
}

const fileUses = (value: unknown): FileUse[] =>
  listOf(value).flatMap((item) => {
    const source = textOf(field(item, 'source'));
    return source ? [{ source, target: textOf(field(item, 'target')) }] : [];
  });

function readHealthcheck(value: unknown, path: Path, report: Report): Healthcheck | undefined {
  if (!isMapping(value)) return undefined;
  const test = listOf(field(value, 'test')).map((one) => textOf(one) ?? '');
  const seconds = (key: string) => duration(field(value, key), [...path, key], report);
  return {
    test,
    isDisabled: test[0] === 'NONE' || booleanOf(field(value, 'disable')) === true,
    intervalSeconds: seconds('interval'),
    timeoutSeconds: seconds('timeout'),
    retries: wholeNumber(field(value, 'retries'), [...path, 'retries'], report),
    startSeconds: seconds('start_period'),
  };
}

/** Fargate knows one figure, so the limit counts, and the reservation where there is no limit. */
function readResources(raw: Mapping, path: Path, report: Report) {
  const resources = field(field(raw, 'deploy'), 'resources');
  const asked = (key: string) =>
    field(field(resources, 'limits'), key) ?? field(field(resources, 'reservations'), key);
  const at = [...path, field(raw, 'deploy') === undefined ? 'mem_limit' : 'deploy'];
  const cpus = asked('cpus') ?? field(raw, 'cpus');
  const memory = asked('memory') ?? field(raw, 'mem_limit') ?? field(raw, 'mem_reservation');
  const cpu = numberOf(cpus);
  const memoryMib = memory === undefined || memory === null ? undefined : mibOf(textOf(memory) ?? '?');
  if (cpus !== undefined && cpus !== null && cpu === undefined)
    report.problem(at, 'cpus is no number, for example "0.5".');
  if (memory !== undefined && memory !== null && memoryMib === undefined)
    report.problem(at, 'the memory is no size, for example 512M.');
  return { cpu: cpu === 0 ? undefined : cpu, memoryMib: memoryMib === 0 ? undefined : memoryMib };
}

function duration(value: unknown, path: Path, report: Report): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = secondsOf(textOf(value) ?? '');
  if (seconds === undefined) report.problem(path, 'it is no duration, for example 1m30s.');
  return seconds;
}

function wholeNumber(value: unknown, path: Path, report: Report): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = numberOf(value);
  if (number !== undefined && Number.isInteger(number) && number >= 0) return number;
  report.problem(path, 'a whole number is needed.');
  return undefined;
}
