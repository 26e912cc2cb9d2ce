import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Line } from '../../../bin/checks/line';
import type { Ports } from '../../../bin/checks/ports';
import type { FailoverRecord, HealthCheck, PreflightPorts, SecretStatus } from '../../../bin/operate/ports';
import { runPreflight } from '../../../bin/operate/preflight';
import {
  BadAssembly,
  type PlannedStack,
  readAssembly,
  SynthFailed,
  synthesized,
} from '../../../bin/operate/preflight/assembly';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { parsePlatform } from '../../../lib/config/load';
import { buildPlatform } from '../../../lib/stacks/build-platform';
import { FILE, VALID } from '../../config/fixture';
import { FakeClock } from '../../support/fake-clock';
import { newApp, ROOT } from '../../support/synth';
import { ports as checkPorts, platform } from '../support/ports';
import { FakePlatform, terminal } from './fakes';
import { HOME, instance, moved, NOW, operation, replicaTurn, STANDBY, serving } from './records';

const demo = platform();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-preflight-test-'));
let stacks: readonly PlannedStack[];

beforeAll(() => {
  const app = newApp(folder);
  buildPlatform(app, parsePlatform(VALID, FILE));
  app.synth();
  stacks = readAssembly(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NO = 'Failure: HTTP Status Code 503, Service Unavailable.';

/** A pair in which nothing stands against a failover; a test changes one thing. */
class ReadyPair extends FakePlatform implements PreflightPorts {
  secret: Record<string, SecretStatus | undefined> = {};
  records: FailoverRecord[] = [
    { role: 'PRIMARY', target: 'home.demo.example.com', evaluatesTarget: false, healthCheck: 'home' },
    { role: 'SECONDARY', target: 'standby.demo.example.com', evaluatesTarget: false, healthCheck: 'standby' },
  ];
  checks: Record<string, HealthCheck> = {
    home: { kind: 'calculated', children: ['standby'], threshold: 1, inverted: true },
    standby: { kind: 'calculated', children: ['a', 'b'], threshold: 1, inverted: false },
    a: asked('leader-standby.demo.example.com'),
    b: asked('leader-witness.demo.example.com'),
  };
  seen: Record<string, readonly string[]> = { a: [NO, NO, NO], b: [NO, NO, NO] };
  aliases: readonly string[] = ['alias/demo-data', 'alias/demo-operations'];
  validDays = 200;
  parametersOf: Record<string, ReadonlyMap<string, string>> = {};
  /** By stack name, what is deployed instead of what is planned. */
  templates: Record<string, string> = {};

  override readonly databases: PreflightPorts['databases'] = {
    describe: async (region) => this.instances[region] as ReturnType<typeof instance>,
    parameters: async (region) => this.parametersOf[region] ?? new Map([['max_connections', '200']]),
  };
  readonly secrets: PreflightPorts['secrets'] = {
    status: async (region, name) =>
      `${region} ${name}` in this.secret
        ? this.secret[`${region} ${name}`]
        : { current: 'v1', copies: new Map(region === HOME ? [[STANDBY, 'InSync']] : []) },
  };
  readonly traffic: PreflightPorts['traffic'] = {
    failoverRecords: async () => this.records,
    healthCheck: async (id) => this.checks[id],
    observations: async (id) => this.seen[id] ?? [],
  };
  readonly deployed: PreflightPorts['deployed'] = {
    template: async (_, stack) =>
      this.templates[stack] ?? stacks.find(({ name }) => name === stack)?.template,
    resources: async () => this.aliases,
  };
  readonly certificates: PreflightPorts['certificates'] = {
    validUntil: async () => NOW + this.validDays * 86_400_000,
  };
}

function asked(host: string): HealthCheck {
  return { kind: 'asked', host, path: '/standby-leads', intervalSeconds: 10, inARow: 3 };
}

async function preflight(
  record: LeadershipRecord | Error = serving(),
  change: (pair: ReadyPair) => void = () => {},
  shared: Partial<Ports> = {},
) {
  const pair = new ReadyPair(record);
  change(pair);
  const { end, said } = terminal();
  const manner = { json: true, clock: new FakeClock(NOW), assembly: async () => stacks };
  const isFit = await runPreflight(demo, pair, checkPorts(shared), end, manner);
  const { verdict, lines } = JSON.parse(said.out) as { verdict: string; lines: readonly Line[] };
  const wrong = lines.filter(({ state }) => state !== 'ok');
  return { isFit, verdict, lines, wrong: wrong.map((one) => `${one.place} ${one.check}: ${one.sentence}`) };
}

describe('a pair that is ready', () => {
  it('is fit, with every question answered', async () => {
    const { isFit, verdict, wrong, lines } = await preflight();
    expect(wrong).toEqual([]);
    expect([isFit, verdict]).toEqual([true, `Fit to fail over now: ${lines.length} checks passed.`]);
    expect(lines.filter(({ check }) => check === 'plan').map(({ sentence }) => sentence)).toEqual([
      'A deployment would change nothing here.',
      'A deployment would change nothing here.',
    ]);
  });

  it('shows a person the verdict first, and what is wrong before what is well', async () => {
    const pair = new ReadyPair(serving());
    pair.validDays = 3;
    const { end, said } = terminal();
    await runPreflight(demo, pair, checkPorts({}), end, {
      json: false,
      clock: new FakeClock(NOW),
      assembly: undefined,
    });
    const [first, blank, second] = said.out.split('\n');
    expect([first, blank]).toEqual(['demo: NOT fit to fail over: 4 things are wrong.', '']);
    expect(second).toMatch(
      /^ {2}wrong {4}us-east-1 +certificates +The certificate of home\.demo\.example\.com ends in 3 days/,
    );
    expect(said.out).not.toContain(' plan ');
  });
});

describe('a pair that is not fit', () => {
  it.each<[string, LeadershipRecord | Error, (pair: ReadyPair) => void, string]>([
    ['a freeze', serving({ frozen: true }), () => {}, 'global leadership: The platform is frozen.'],
    [
      'an operation',
      serving({ operation: operation('force', STANDBY) }),
      () => {},
      'global leadership: An operation is under way: force to us-west-2.',
    ],
    [
      'a limit',
      serving(),
      (pair) => {
        pair.turns[STANDBY] = [replicaTurn({ limitation: 'The replica in us-west-2 is backing-up.' })];
      },
      'global leadership: The replica in us-west-2 is backing-up.',
    ],
    [
      'a silent agent',
      serving(),
      (pair) => {
        pair.turns[HOME] = [];
      },
      'us-east-1 agent: The agent has said nothing for ten minutes.',
    ],
    [
      'a replica beyond the gate',
      serving(),
      (pair) => {
        pair.turns[STANDBY] = [replicaTurn({ lagSeconds: 61 })];
      },
      'us-west-2 replica: The replica streams, 61.0 s behind; the gate is 60 s.',
    ],
    [
      'a replica without its source',
      serving(),
      (pair) => {
        pair.turns[STANDBY] = [
          replicaTurn({ database: { ...(replicaTurn().database ?? fail()), streaming: false } }),
        ];
      },
      'us-west-2 replica: The replica is not connected to its source.',
    ],
    [
      'a replica promoted by hand',
      serving(),
      (pair) => {
        pair.instances[STANDBY] = instance();
      },
      'us-west-2 replica: RDS calls the database no replica.',
    ],
    [
      'another engine',
      serving(),
      (pair) => {
        pair.instances[STANDBY] = instance({ source: 'a', engineVersion: '17.5' });
      },
      'global engine: The versions differ: 17.6 in us-east-1, 17.5 in us-west-2.',
    ],
    [
      'other parameters',
      serving(),
      (pair) => {
        pair.parametersOf[STANDBY] = new Map([['max_connections', '100']]);
      },
      'global engine: Parameters differ: max_connections.',
    ],
    [
      'a secret without a value',
      serving(),
      (pair) => {
        pair.secret['us-east-1 demo/pager-key'] = { current: undefined, copies: new Map() };
      },
      'us-west-2 secrets: demo/pager-key has no value.',
    ],
    [
      'a copy that is behind',
      serving(),
      (pair) => {
        pair.secret['us-west-2 demo/database'] = { current: 'v0', copies: new Map() };
      },
      'us-west-2 secrets: demo/database has another value than at home.',
    ],
    [
      'a copy that failed',
      serving(),
      (pair) => {
        pair.secret['us-east-1 demo/database'] = { current: 'v1', copies: new Map([[STANDBY, 'Failed']]) };
      },
      'us-west-2 secrets: The copy of demo/database is Failed, not InSync.',
    ],
    [
      'a record that evaluates its target',
      serving(),
      (pair) => {
        pair.records = pair.records.map((one) => ({ ...one, evaluatesTarget: true }));
      },
      'global traffic: demo.example.com: target health is evaluated, so a sick balancer could move the traffic.',
    ],
    [
      'a record somebody pointed elsewhere',
      serving(),
      (pair) => {
        pair.records = pair.records.map((one) => ({ ...one, target: 'home.demo.example.com' }));
      },
      'global traffic: demo.example.com: the secondary does not point at standby.demo.example.com.',
    ],
    [
      'a check that is not inverted',
      serving(),
      (pair) => {
        pair.checks.home = { kind: 'calculated', children: ['standby'], threshold: 1, inverted: false };
      },
      'global traffic: The check of the primary is not the opposite of that of the secondary.',
    ],
    [
      'an endpoint that says another holder',
      serving(),
      (pair) => {
        pair.seen.a = ['Success: HTTP Status Code 200, OK', NO, NO];
      },
      'global traffic: Only 2 of 3 checkers hear from leader-standby.demo.example.com that home leads.',
    ],
    [
      'an endpoint that is away',
      serving(),
      (pair) => {
        pair.seen.b = ['Failure: The endpoint timed out.', NO];
      },
      'global traffic: Only 1 of 2 checkers hear from leader-witness.demo.example.com that home leads. 1 got no answer of it.',
    ],
  ])('because of %s', async (_, record, change, sentence) => {
    const { isFit, wrong } = await preflight(record, change);
    expect(isFit).toBe(false);
    expect(wrong).toEqual([sentence]);
  });

  it('and a record that was changed by hand comes back by a deployment that looks at what is there', async () => {
    const { lines } = await preflight(serving(), (pair) => {
      pair.records = pair.records.map((one) => ({ ...one, evaluatesTarget: true }));
    });
    expect(lines.find(({ state }) => state === 'todo')?.fix).toBe(
      'npx cdk deploy --exclusively Demo-us-east-1-Edge --revert-drift',
    );
  });

  it('because of what is missing in both regions', async () => {
    const { wrong } = await preflight(
      serving(),
      (pair) => {
        pair.aliases = ['alias/demo-data'];
      },
      { images: { find: async () => 'no image' } },
    );
    expect(wrong).toEqual([
      'us-east-1 images: web:1.0 is not in demo/web here.',
      'us-west-2 images: web:1.0 is not in demo/web here.',
      'us-east-1 keys: Demo-us-east-1-Foundation has no alias/demo-operations.',
      'us-west-2 keys: Demo-us-west-2-Foundation has no alias/demo-operations.',
    ]);
  });

  it('after a move, which also freezes the Data stacks', async () => {
    const { wrong } = await preflight(moved('SERVING'), (pair) => {
      pair.templates['Demo-us-east-1-Data'] = '{"Resources":{"Old":{"Type":"AWS::SQS::Queue"}}}';
    });
    expect(wrong).toContain('global leadership: The side that was left is not rebuilt.');
    expect(wrong).toContainEqual(
      expect.stringContaining(
        'us-east-1 plan: Demo-us-east-1-Data holds the database, and a failover is not over',
      ),
    );
  });

  it('because a deployment would replace the writer', async () => {
    const { wrong } = await preflight(serving(), (pair) => {
      const data = stacks.find(({ name }) => name === 'Demo-us-east-1-Data');
      pair.templates['Demo-us-east-1-Data'] = (data?.template ?? '').replace(
        '"DBInstanceIdentifier": "demo-db"',
        '"DBInstanceIdentifier": "other"',
      );
    });
    expect(wrong).toEqual([
      expect.stringMatching(
        /^us-east-1 plan: It would replace the writer \(\w+ in Demo-us-east-1-Data\): DBInstanceIdentifier differs\.$/,
      ),
    ]);
  });

  it('is not called fit while a question has no answer', async () => {
    const { isFit, verdict } = await preflight(serving(), (pair) => {
      pair.turns[HOME] = new Error('No answer.');
    });
    expect([isFit, verdict]).toEqual([
      false,
      'Nobody can say whether it is fit to fail over: 1 question has no answer.',
    ]);
  });

  it('says so, and nothing else, where the record cannot be read', async () => {
    const { wrong } = await preflight(new Error('No region answered.'));
    expect(wrong).toEqual([
      'global leadership: No region answered.',
      ...[HOME, STANDBY, 'us-east-2'].map(
        (region) => `${region} record: Not readable here. No region answered.`,
      ),
      'global traffic: Who leads is not known, so nothing can be compared with it.',
    ]);
  });
});

function fail(): never {
  throw new Error('The replica of these tests has a database.');
}

/** The CDK's own synth, on a machine that does other things as well. */
const SYNTH_MS = 5 * 60_000;

describe('the cloud assembly', () => {
  it(
    'is what the CDK itself writes for the platform file',
    async () => {
      const file = join(folder, 'demo.yaml');
      writeFileSync(file, VALID);
      const found = await synthesized(ROOT, file);
      expect(found.map(({ name, region }) => `${region} ${name}`).sort()).toEqual(
        stacks.map(({ name, region }) => `${region} ${name}`).sort(),
      );
    },
    SYNTH_MS,
  );

  it(
    'that is none, or cannot be made, is told in a sentence',
    async () => {
      expect(() => readAssembly(join(folder, 'nothing'))).toThrow(BadAssembly);
      await expect(synthesized(ROOT, join(folder, 'missing.yaml'))).rejects.toThrow(SynthFailed);
    },
    SYNTH_MS,
  );
});
