import { CallFailed } from '../../../bin/checks/failures';
import type { DrillPorts, Model, NewThrowAway, RestoreReport, ThrowAway } from '../../../bin/drill/ports';
import type { Leadership } from '../../../bin/operate/ports';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { DrillRecord, Step } from '../../../lambda/restore-drill/record';
import type { FakeClock } from '../../support/fake-clock';
import { FakePlatform } from '../operate/fakes';
import { HOME, replicaTurn, STANDBY, serving, turn } from '../operate/records';

/** An account that a drill is held in, made of values. Everything takes its time by the clock of the test. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const MODEL: Model = {
  instanceClass: 'db.m7g.large',
  multiAz: false,
  storageGib: 100,
  subnetGroup: 'demo-db',
  parameterGroup: 'demo-parameters',
  keyArn: 'arn:aws:kms:us-west-2:123456789012:key/1',
  securityGroup: 'sg-quarantine',
};

/** As the adapters tell a refusal or a failure. */
export const failure = (name: string, action = 'rds:Something', region = STANDBY): CallFailed =>
  new CallFailed(action, region, Object.assign(new Error(`It is ${name}.`), { name }));

type Call =
  | 'list'
  | 'make'
  | 'setParameters'
  | 'restart'
  | 'promote'
  | 'remove'
  | 'invoke'
  | 'last'
  | 'report';

type Look = Pick<ThrowAway, 'status' | 'source' | 'parameters'>;
interface Phase extends Look {
  readonly untilMs: number;
}

interface Known {
  readonly region: string;
  readonly drill: string;
  phases: readonly Phase[];
}

const SOURCE = `arn:aws:rds:${HOME}:123456789012:db:demo-db`;

export class FakeAccount implements DrillPorts {
  /** What was called, in its order, but for looks. */
  readonly called: string[] = [];
  readonly made: NewThrowAway[] = [];
  readonly instances = new Map<string, Known>();
  /** Throws to let a call fail. */
  before: (call: Call, count: number) => void = () => {};
  /** How long things take, in seconds; a status that is not passed in between. */
  takes = { making: 1200, promotion: 74, deletion: 120, draining: 40, rebuilding: 3600 };
  /** Of a replica once it is made. */
  status = 'available';
  restore: 'succeeded' | 'failed' | 'never' = 'succeeded';
  private counts = new Map<Call, number>();
  private readonly platform: FakePlatform;
  private changedMs = 0;
  private restoreBegan: { readonly id: string; readonly atMs: number } | undefined;

  constructor(
    readonly clock: FakeClock,
    record: LeadershipRecord | undefined | Error = serving(),
  ) {
    this.platform = new FakePlatform(record);
  }

  get record(): LeadershipRecord | undefined | Error {
    return this.platform.record;
  }

  get operator(): DrillPorts['operator'] {
    const { platform, clock } = this;
    return {
      leadership: this.leadership(),
      databases: platform.databases,
      filesLog: { looks: async () => [] },
      agentLog: {
        turns: async (region) => [
          (region === HOME ? turn : replicaTurn)({ atMs: clock.now() - 1_000, database: null }),
        ],
      },
    };
  }

  readonly databases: DrillPorts['databases'] = {
    model: async () => MODEL,
    list: async (region) => {
      this.call('list');
      return [...this.instances].flatMap(([identifier, known]) => {
        const look = known.region === region ? this.lookOf(identifier, known) : undefined;
        return look ? [{ identifier, drill: known.drill, ...look }] : [];
      });
    },
  };

  readonly throwAways: DrillPorts['throwAways'] = {
    make: async (region, replica) => {
      this.call('make', replica.identifier);
      this.made.push(replica);
      const untilMs = this.clock.now() + this.takes.making * SECOND;
      const look = { source: SOURCE, parameters: 'other-group' };
      const phases = [
        { ...look, status: 'creating', untilMs },
        { ...look, status: this.status, untilMs: Number.POSITIVE_INFINITY },
      ];
      this.instances.set(replica.identifier, { region, drill: replica.drill, phases });
    },
    setParameters: async (_, name) => this.change('setParameters', name, 'pending-reboot', 'modifying', 60),
    restart: async (_, name) => this.change('restart', name, 'in-sync', 'rebooting', 60),
    promote: async (_, name) => {
      this.change('promote', name, 'in-sync', 'modifying', this.takes.promotion, null);
    },
    remove: async (_, name) => {
      this.call('remove', name);
      const known = this.instances.get(name);
      const untilMs = this.clock.now() + this.takes.deletion * SECOND;
      if (known) known.phases = [{ status: 'deleting', source: null, parameters: 'in-sync', untilMs }];
    },
  };

  readonly restores: DrillPorts['restores'] = {
    last: async () => {
      this.call('last');
      return this.restoreRecord();
    },
    report: async (_, id) => {
      this.call('report');
      const record = this.restoreRecord();
      return record?.id === id && record.step === 'ended'
        ? { ...record, ...SENTENCES[this.restore] }
        : undefined;
    },
    invoke: async (region, { start }) => {
      this.call('invoke', start ? `start in ${region}` : 'go on');
      if (start && this.restore !== 'never') this.beginRestore('20260101t0000');
    },
  };

  /** Lets a restore drill be under way from now on. */
  beginRestore(id: string): void {
    this.restoreBegan = { id, atMs: this.clock.now() };
  }

  /** Puts a replica there that another drill has made. */
  leave(region: string, drill: string): string {
    const identifier = `demo-db-promotion-drill-${drill}`;
    const phase = { status: 'available', source: SOURCE, parameters: 'in-sync' };
    this.instances.set(identifier, {
      region,
      drill,
      phases: [{ ...phase, untilMs: Number.POSITIVE_INFINITY }],
    });
    return identifier;
  }

  /** Replicas that are there. */
  get left(): readonly string[] {
    return [...this.instances].flatMap(([name, known]) => (this.lookOf(name, known) ? [name] : []));
  }

  private call(call: Call, what = ''): void {
    const count = (this.counts.get(call) ?? 0) + 1;
    this.counts.set(call, count);
    if (what !== '') this.called.push(`${call} ${what}`.replace(/demo-db-promotion-drill-\w+/, 'it'));
    this.before(call, count);
  }

  private lookOf(identifier: string, known: Known): Look | undefined {
    const phase = known.phases.find(({ untilMs }) => this.clock.now() < untilMs);
    if (!phase) this.instances.delete(identifier);
    return phase && { status: phase.status, source: phase.source, parameters: phase.parameters };
  }

  private change(
    call: Call,
    name: string,
    parameters: string,
    status: string,
    seconds: number,
    source: string | null = SOURCE,
  ): void {
    this.call(call, name);
    const known = this.instances.get(name);
    if (!known) throw failure('DBInstanceNotFound');
    known.phases = [
      { status, source: SOURCE, parameters, untilMs: this.clock.now() + seconds * SECOND },
      { status: 'available', source, parameters, untilMs: Number.POSITIVE_INFINITY },
    ];
  }

  private restoreRecord(): RestoreReport | undefined {
    if (!this.restoreBegan) return undefined;
    const { id, atMs } = this.restoreBegan;
    const minutes = (this.clock.now() - atMs) / MINUTE;
    const step = STEPS.find(([, until]) => minutes < until)?.[0] ?? 'ended';
    const outcome = step === 'ended' && this.restore !== 'never' ? this.restore : null;
    return { ...restoreRecord(id, atMs), step, outcome, sentence: '' };
  }

  /** Moves the lead and rebuilds as the agents would, once the time for it has come. */
  private leadership(): Leadership {
    const inner = this.platform.leadership;
    return {
      readIn: inner.readIn,
      read: async () => {
        const record = await inner.read();
        const seconds = (this.clock.now() - this.changedMs) / SECOND;
        if (record?.state === 'DRAINING' && seconds >= this.takes.draining) this.moved(record);
        if (record?.state === 'REBUILDING' && seconds >= this.takes.rebuilding)
          this.platform.record = {
            ...record,
            state: 'PROTECTED',
            operation: null,
            version: record.version + 1,
          };
        return inner.read();
      },
      replace: async (current, next) => {
        this.changedMs = this.clock.now();
        this.called.push(`${next.operation?.kind} ${next.operation?.to}`);
        return inner.replace(current, next);
      },
    };
  }

  private moved(record: LeadershipRecord): void {
    const holder = record.operation?.to ?? record.holder;
    const epoch = record.epoch + 1;
    const entry = { epoch, holder, reason: 'switchover', sentence: 'It was asked for.' } as const;
    const history = [...record.history, entry];
    const version = record.version + 1;
    this.platform.record = { ...record, holder, epoch, state: 'SERVING', operation: null, version, history };
  }
}

/** In minutes from the beginning, each until when. */
const STEPS: readonly (readonly [Step, number])[] = [
  ['restoring', 30],
  ['filling', 35],
  ['comparing', 37],
  ['removing', 47],
];

const restoreRecord = (id: string, beganMs: number): DrillRecord => ({
  id,
  step: 'restoring',
  beganMs,
  failures: 0,
  base: { snapshot: 'rds:demo-db' },
  nativeTimeMs: beganMs - 5 * MINUTE,
  archiveHeadUs: String(BigInt(beganMs - 42 * SECOND) * 1000n),
  availableMs: beganMs + 30 * MINUTE,
  filledMs: beganMs + 35 * MINUTE,
  transactions: 0,
  tables: 7,
  rows: '1200',
  outcome: null,
  problems: [],
  lastSuccessMs: null,
  firstMs: beganMs,
});

const SENTENCES = {
  succeeded: { sentence: 'The drill 20260101t0000 has succeeded: 7 tables with 1200 rows are equal.' },
  failed: { sentence: 'The drill 20260101t0000 has failed: public.orders differs.' },
  never: { sentence: '' },
} as const;
