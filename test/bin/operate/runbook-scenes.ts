import { operate } from '../../../bin/operate/operation';
import type { Request } from '../../../bin/operate/plan';
import { showStatus } from '../../../bin/operate/status';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import {
  claimed,
  handedOff,
  promoting,
  protectedAgain,
  serving as servingStep,
} from '../../../lambda/leader/steps';
import { FakeClock } from '../../support/fake-clock';
import { platform } from '../support/ports';
import { FakePlatform, terminal } from './fakes';
import {
  HOME,
  instance,
  moved,
  NOW,
  operation,
  primary,
  replicaTurn,
  STANDBY,
  serving,
  turn,
} from './records';

/** The runs whose output the runbooks show: the real commands, on a platform in the state that a runbook is about. */
export interface Scene {
  readonly runbook: string;
  readonly command: string;
  readonly output: () => Promise<string>;
}

const demo = platform();
const LOOK_MS = 5_000;

async function status(record: LeadershipRecord, change: (world: FakePlatform) => void): Promise<string> {
  const world = new FakePlatform(record);
  change(world);
  const { end, said } = terminal();
  await showStatus(demo, world, end, { json: false, clock: new FakeClock(NOW) });
  return said.out;
}

/** What happens after so many seconds: the agents write a record, or say a sentence. */
interface Happening {
  readonly seconds: number;
  readonly next?: (record: LeadershipRecord) => LeadershipRecord;
  readonly says?: readonly [region: string, sentence: string];
}

async function ask(
  command: Request['command'],
  record: LeadershipRecord,
  happenings: readonly Happening[] = [],
  manner: { readonly dryRun?: boolean; readonly typed?: string } = {},
  change: (world: FakePlatform) => void = () => {},
): Promise<string> {
  const world = new FakePlatform(record);
  change(world);
  const clock = new FakeClock(NOW);
  const sleep = clock.sleep.bind(clock);
  const waiting = [...happenings];
  clock.sleep = (milliseconds, signal) => {
    const atMs = clock.now() + milliseconds;
    const [first] = waiting;
    if (milliseconds === LOOK_MS && first && NOW + first.seconds * 1000 <= atMs) {
      waiting.shift();
      if (first.next && world.record && !(world.record instanceof Error))
        world.record = first.next(world.record);
      if (first.says) world.turns[first.says[0]] = [replicaTurn({ atMs, sentence: first.says[1] })];
    }
    return sleep(milliseconds, signal);
  };
  const { typed } = manner;
  const { end, said } = terminal(typed === undefined ? {} : { ask: async () => typed });
  const rest = { json: false, dryRun: manner.dryRun ?? false, waits: true, agreed: false, clock };
  const request = { command, id: 'two', sentence: 'anna asked for it.' };
  await clock.run(operate(demo, request, world, end, { ...rest, stop: new AbortController().signal }));
  return said.out;
}

const opened = (record: LeadershipRecord): LeadershipRecord =>
  servingStep(record, {
    databaseTime: '2026-01-01T00:03:00.000Z',
    walLsn: '0/5000200',
    ttlSeconds: 60,
    enforceSeconds: 5,
  });

/** Home does not answer: not its log, not its databases. */
const homeGone = (world: FakePlatform): void => {
  world.turns[HOME] = new Error(`logs:FilterLogEvents in ${HOME} gave no answer in time.`);
  world.instances[HOME] = new Error(`rds:DescribeDBInstances in ${HOME} gave no answer in time.`);
};
const stale = (seconds: number): LeadershipRecord =>
  serving({ databaseTime: new Date(NOW - seconds * 1000).toISOString() });
const standbySays = (world: FakePlatform, changes: Parameters<typeof replicaTurn>[0]): void => {
  world.turns[STANDBY] = [replicaTurn(changes)];
};
/** The standby leads after a takeover, with its lease open. */
const standbyLeads = (world: FakePlatform): void => {
  world.turns[STANDBY] = [
    turn({ sentence: 'Renewed the lease of epoch 2 as version 57.', database: primary({}, 2) }),
  ];
  world.instances[STANDBY] = instance();
};

export const SCENES: readonly Scene[] = [
  {
    runbook: 'region-loss',
    command: 'npx holdfast status',
    output: () =>
      status(stale(44), (world) => {
        homeGone(world);
        standbySays(world, {
          sentence: 'us-east-1 has not renewed for 40 s; this region takes over after 75 s.',
        });
      }),
  },
  {
    runbook: 'region-loss',
    command: 'npx holdfast status',
    output: () =>
      status(moved('SERVING'), (world) => {
        homeGone(world);
        standbyLeads(world);
      }),
  },
  {
    runbook: 'region-loss',
    command: 'npx holdfast failover --force',
    output: () =>
      ask(
        'failover',
        stale(300),
        [
          {
            seconds: 5,
            next: (record) => claimed(record, STANDBY, 'forced', 'Asked by anna.'),
            says: [STANDBY, 'The watch is full; takes over by force.'],
          },
          { seconds: 10, next: (record) => promoting(record, { receiveLsn: null, replayLsn: '0/4F00000' }) },
          { seconds: 180, next: opened, says: [STANDBY, 'The lease is open at epoch 2; writes begin.'] },
        ],
        { typed: 'demo' },
        (world) => {
          homeGone(world);
          standbySays(world, { limitation: 'The replica is 93 s behind; the gate is 60 s.', lagSeconds: 93 });
        },
      ),
  },
  {
    runbook: 'split-brain',
    command: 'npx holdfast status',
    output: () =>
      status(serving(), (world) => {
        world.instances[STANDBY] = instance();
        standbySays(world, {
          sentence: 'The database here is no replica any more, and its fence is closed.',
          database: primary({
            lease: { epoch: 1, version: 41, limitMs: NOW + 50_000, closed: true, timeline: 1 },
            timeline: 2,
            fencedSessions: 0,
          }),
          limitation:
            'The database in us-west-2 is no replica any more: a person has promoted it, or it was left in a move.',
          lagSeconds: null,
        });
      }),
  },
  {
    runbook: 'switchover',
    command: 'npx holdfast switchover --dry-run',
    output: () => ask('switchover', serving(), [], { dryRun: true }),
  },
  {
    runbook: 'switchover',
    command: 'npx holdfast switchover',
    output: () =>
      ask('switchover', serving(), [
        {
          seconds: 10,
          next: (record) => handedOff(record, '0/5000100'),
          says: [HOME, 'The fence is closed and no session is left; handed over at 0/5000100.'],
        },
        {
          seconds: 15,
          next: (record) => claimed(record, STANDBY, 'switchover', 'Handed over.'),
          says: [STANDBY, 'Has replayed 0/5000100; takes over.'],
        },
        { seconds: 20, next: (record) => promoting(record, { receiveLsn: null, replayLsn: '0/5000100' }) },
        { seconds: 150, next: opened, says: [STANDBY, 'The lease is open at epoch 2; writes begin.'] },
      ]),
  },
  {
    runbook: 'failback',
    command: 'npx holdfast failback',
    output: () =>
      ask('failback', moved('SERVING'), [
        { seconds: 5, says: [HOME, 'Takes the last snapshot of the old database.'] },
        {
          seconds: 600,
          says: [HOME, 'The old database is demo-db-quarantine-e1; a replica of us-west-2 is being made.'],
        },
        { seconds: 2400, next: protectedAgain, says: [HOME, 'The replica streams, 0.3 s behind.'] },
      ]),
  },
  { runbook: 'freeze', command: 'npx holdfast freeze', output: () => ask('freeze', serving()) },
  {
    runbook: 'freeze',
    command: 'npx holdfast status',
    output: () => status(serving({ frozen: true }), () => {}),
  },
  { runbook: 'freeze', command: 'npx holdfast thaw', output: () => ask('thaw', serving({ frozen: true })) },
  {
    runbook: 'agent-paged',
    command: 'npx holdfast status',
    output: () =>
      status(serving(), (world) => {
        standbySays(world, { atMs: NOW - 250_000 });
      }),
  },
  {
    runbook: 'agent-paged',
    command: 'npx holdfast status',
    output: () =>
      status(serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }), (world) => {
        world.turns[HOME] = [
          turn({
            sentence: 'Waits until 3 sessions of the application are gone.',
            database: primary({
              lease: { epoch: 1, version: 42, limitMs: NOW, closed: true, timeline: 1 },
              fencedSessions: 3,
            }),
          }),
        ];
      }),
  },
];
