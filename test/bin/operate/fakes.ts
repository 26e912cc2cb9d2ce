import type { Terminal } from '../../../bin/commands/terminal';
import type { FilesLook, Instance, OperatorPorts, Turn } from '../../../bin/operate/ports';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { checkTransition } from '../../../lambda/leader/transitions';
import { ROOT } from '../../support/synth';
import { HOME, instance, replicaTurn, STANDBY, turn } from './records';

/** A platform that is made of values; a test changes them, or lets a source fail by an error. */
export class FakePlatform implements OperatorPorts {
  record: LeadershipRecord | undefined | Error;
  /** By region. */
  turns: Record<string, readonly Turn[] | Error> = { [HOME]: [turn()], [STANDBY]: [replicaTurn()] };
  instances: Record<string, Instance | undefined | Error> = {
    [HOME]: instance(),
    [STANDBY]: instance({ source: 'arn:aws:rds:us-east-1:123456789012:db:demo-db' }),
  };
  /** By region. */
  looks: Record<string, readonly FilesLook[] | Error> = {};
  readonly written: LeadershipRecord[] = [];
  /** Runs before each write; what it throws is what became of the write. */
  beforeWrite: (current: LeadershipRecord) => void = () => {};

  constructor(record: LeadershipRecord | undefined | Error) {
    this.record = record;
  }

  readonly leadership: OperatorPorts['leadership'] = {
    read: async () => unless(this.record),
    readIn: async () => unless(this.record),
    replace: async (current, next) => {
      this.beforeWrite(current);
      const objection = checkTransition(current, next);
      if (objection !== undefined) throw new Error(objection);
      const now = unless(this.record);
      if (!now || now.version !== current.version) return { written: false, record: now ?? current };
      this.record = next;
      this.written.push(next);
      return { written: true, record: next };
    },
  };

  readonly agentLog: OperatorPorts['agentLog'] = {
    turns: async (region, sinceMs) => unless(this.turns[region] ?? []).filter(({ atMs }) => atMs >= sinceMs),
  };

  readonly filesLog: OperatorPorts['filesLog'] = {
    looks: async (region, sinceMs) => unless(this.looks[region] ?? []).filter(({ atMs }) => atMs >= sinceMs),
  };

  readonly databases: OperatorPorts['databases'] = {
    describe: async (region) => unless(this.instances[region]),
    parameters: async () => new Map([['max_connections', '200']]),
  };
}

function unless<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}

/** A terminal that keeps what is said. */
export function terminal(changes: Partial<Terminal> = {}) {
  const said = { out: '', err: '' };
  const end: Terminal = {
    root: ROOT,
    environment: { USER: 'anna' },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    columns: undefined,
    colors: false,
    showsProgress: false,
    ...changes,
  };
  return { end, said };
}
