import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Client } from 'pg';
import { leadershipTable } from '../../lib/config/names';
import type { Instance } from '../databases/instance';
import { internalClient } from '../internal';
import type { DatabaseSample, Sample, Side } from './model';
import { SIDES, type World } from './world';

/** Time between two samples. */
const EVERY_MS = 250;
/** A server that does not answer within this is silent. */
const PATIENCE_MS = 1_000;
/** A question that is not answered within this is asked anew, with another session. */
const GIVEN_UP_MS = 5_000;
/** Where the record is: lambda/leader keeps it so. */
const KEY = { pk: { S: 'leadership' } };

const STATE = `
SELECT pg_is_in_recovery() AS replica, holdfast.is_open() AS open,
  (SELECT extract(epoch FROM clock_timestamp()) - at_ms / 1000.0 FROM holdfast.heartbeat)::float AS lag,
  (SELECT last_value - holdfast.now_ms() FROM holdfast.lease_limit)::float / 1000 AS lease`;

interface State {
  readonly replica: boolean;
  readonly open: boolean;
  readonly lag: number | null;
  readonly lease: number;
}

/** Looks at everything that a person would want to see on a wall, four times a second, from above: no cut concerns it. */
export class Observer {
  readonly samples: Sample[] = [];
  private readonly table: DynamoDBClient;
  private readonly sessions = new Map<Instance, Promise<Client>>();
  private readonly asked = new Map<
    Instance,
    { readonly answer: Promise<State | undefined>; readonly atMs: number }
  >();
  private readonly stopping = new AbortController();
  /** Of the record, as it was read last. */
  private seen: Sample['record'];
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly world: World,
    private readonly told: (sample: Sample) => void,
  ) {
    this.table = new DynamoDBClient(internalClient(world.aws.endpoint, world.platform.regions.witness.name));
  }

  start(): void {
    this.running = Promise.all([
      this.again(async () => {
        this.seen = await this.record();
      }),
      this.again(async () => {
        const sample = await this.look();
        this.samples.push(sample);
        this.told(sample);
      }),
    ]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    for (const instance of [...this.sessions.keys()]) this.forget(instance);
    this.table.destroy();
  }

  get last(): Sample | undefined {
    return this.samples.at(-1);
  }

  private async again(work: () => Promise<void>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const begun = performance.now();
      await work();
      await new Promise((done) => setTimeout(done, Math.max(0, EVERY_MS - (performance.now() - begun))));
    }
  }

  /** The databases do not wait for the record, which the whole platform asks for: somebody must look at them all the time. */
  private async look(): Promise<Sample> {
    const { world, seen: record } = this;
    const atMs = Date.now();
    const [home, standby] = await Promise.all([this.database('home'), this.database('standby')]);
    const dns = world.resolve()?.side;
    const each = <T>(of: (side: Side) => T): Record<Side, T> => ({
      home: of('home'),
      standby: of('standby'),
    });
    return {
      atMs,
      alive: each((side) => !world.network.isLost(world.region(side))),
      ...(record ? { record } : {}),
      ...(dns ? { dns } : {}),
      databases: { home, standby },
      tasks: each((side) => world.fleet(side).list().length),
    };
  }

  private async record(): Promise<Sample['record']> {
    const TableName = leadershipTable(this.world.platform);
    try {
      const { Item } = await this.table.send(
        new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true }),
      );
      const holder = this.world.sideOf(text(Item?.holder));
      if (!holder) return undefined;
      const [epoch, version] = [number(Item?.epoch), number(Item?.version)];
      return { holder, epoch, state: text(Item?.state), version };
    } catch {
      return undefined;
    }
  }

  private async database(side: Side): Promise<DatabaseSample> {
    const region = this.world.region(side);
    const { database } = this.world.platform;
    const silent: DatabaseSample = { role: 'silent', open: false };
    const instance = this.world.aws.databases
      .list()
      .find((one) => one.region === region && one.host.startsWith(`${this.world.platform.name}-db.`));
    if (database?.kind !== 'managed' || this.world.network.isLost(region)) return silent;
    // It was put away and another one is not made yet, or it was ended: that is known, and not only not answered.
    if (!instance?.isRunning) return { role: 'off', open: false };
    try {
      const state = await within(PATIENCE_MS, this.ask(instance, database.name));
      if (!state) return silent;
      const { replica, open, lag, lease } = state;
      return replica
        ? { role: 'replica', open: false, ...(lag === null ? {} : { lagSeconds: Math.max(0, lag) }) }
        : { role: 'primary', open, leaseSeconds: Math.max(0, lease) };
    } catch {
      return silent;
    }
  }

  /** What was asked and not answered yet is waited for again: where a login takes long, beginning anew would never end. */
  private ask(instance: Instance, database: string): Promise<State | undefined> {
    const asked = this.asked.get(instance);
    if (asked && performance.now() - asked.atMs < GIVEN_UP_MS) return asked.answer;
    if (asked) this.forget(instance);
    const answer = this.query(instance, database);
    this.asked.set(instance, { answer, atMs: performance.now() });
    // What was given up must not end the session that came after it.
    const isCurrent = (): boolean => this.asked.get(instance)?.answer === answer;
    answer.then(
      () => {
        if (isCurrent()) this.asked.delete(instance);
      },
      () => {
        if (isCurrent()) this.forget(instance);
      },
    );
    return answer;
  }

  private async query(instance: Instance, database: string): Promise<State | undefined> {
    const { server } = instance;
    const session = this.sessions.get(instance) ?? server.connect({ ...server.superuser, database });
    this.sessions.set(instance, session);
    return (await (await session).query<State>(STATE)).rows[0];
  }

  /** Nobody waits for its end: a server that is silent would keep us waiting. */
  private forget(instance: Instance): void {
    const session = this.sessions.get(instance);
    this.sessions.delete(instance);
    this.asked.delete(instance);
    session?.then((one) => one.end()).catch(() => undefined);
  }
}

/** What changed between two samples, each in a sentence. */
export function changes(before: Sample | undefined, after: Sample): string[] {
  const said: string[] = [];
  const { record, dns } = after;
  if (record && (record.epoch !== before?.record?.epoch || record.state !== before.record.state))
    said.push(`The record says ${record.state}: ${record.holder} holds epoch ${record.epoch}.`);
  if (dns && dns !== before?.dns) said.push(`The public name leads to ${dns}.`);
  for (const side of SIDES) {
    const [was, is] = [before?.databases[side], after.databases[side]];
    if (was?.role !== is.role) said.push(`The database in ${side} is ${is.role}.`);
    if (was && was.open !== is.open)
      said.push(`The database in ${side} ${is.open ? 'takes' : 'takes no'} writes of applications.`);
  }
  return said;
}

const text = (value: AttributeValue | undefined): string => value?.S ?? '';
const number = (value: AttributeValue | undefined): number => Number(value?.N ?? 0);

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('No answer in time.')), milliseconds);
    work.then(done, failed).finally(() => clearTimeout(timer));
  });
}
