import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { experiments } from '../../../bin/chaos/aws';
import { explainChaos } from '../../../bin/chaos/failures';
import { listChaos, renderChaos } from '../../../bin/chaos/list';
import { CHAOS_ACTIONS, chaosPolicy } from '../../../bin/chaos/policy';
import type { ChaosPorts, Experiment, Experiments, Template } from '../../../bin/chaos/ports';
import { type ChaosRequest, runChaos } from '../../../bin/chaos/run';
import { clients } from '../../../bin/checks/aws/call';
import { CallFailed } from '../../../bin/checks/failures';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import type { Manner } from '../../../bin/recover/telling';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { scenariosOf } from '../../../lib/chaos/scenarios';
import { type AwsStub, type StubRequest, startAwsStub } from '../../support/aws-stub';
import { FakeClock } from '../../support/fake-clock';
import { ROOT } from '../../support/synth';
import { FakePlatform, terminal } from '../operate/fakes';
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
} from '../operate/records';
import { platform } from '../support/ports';

const PLATFORM = platform();

/** FIS of both regions, and a platform that an experiment does something to. */
class FakeChaos extends FakePlatform implements ChaosPorts {
  readonly began: string[] = [];
  readonly stopped: string[] = [];
  status = 'running';
  reason = '';
  /** What the next look at the experiment finds has happened. */
  onLook: () => void = () => {
    this.status = 'completed';
  };

  readonly experiments: Experiments = {
    templates: async () => templates('replica-kill', 'region-loss', 'partition', 'database-failure'),
    start: async (region, template) => {
      this.began.push(`${region} ${template}`);
      return this.experiment();
    },
    look: async () => {
      this.onLook();
      return this.experiment();
    },
    stop: async (_region, id) => {
      this.stopped.push(id);
      this.status = 'stopping';
      this.onLook = () => {
        this.status = 'stopped';
      };
    },
  };

  private experiment(): Experiment {
    return { id: 'EXP1', status: this.status, reason: this.reason, actions: { 'stop-web': this.status } };
  }
}

const templates = (...names: string[]): Template[] => [
  { id: 'other', tags: { 'holdfast:platform': 'another', 'holdfast:scenario': 'replica-kill' } },
  ...names.map((name) => ({
    id: `T-${name}`,
    tags: { 'holdfast:platform': 'demo', 'holdfast:scenario': name },
  })),
];

async function play(
  fake: FakeChaos,
  request: Partial<ChaosRequest> = {},
  changes: Partial<Manner> = {},
  ask?: (question: string) => Promise<string>,
) {
  const clock = new FakeClock(NOW);
  const told: string[] = [];
  const asked = { scenario: 'replica-kill', region: undefined, token: 'token', agreed: true, ...request };
  const manner = { json: false, dryRun: false, clock, stop: new AbortController().signal, ...changes };
  const work = runChaos(PLATFORM, asked, fake, ask ? { ask } : {}, manner, (one) => told.push(one));
  return { ...(await clock.run(work)), told };
}

/** The standby took over, and its database takes writes. */
function takenOver(fake: FakeChaos): void {
  fake.record = moved('SERVING');
  const database = primary({}, 2);
  fake.turns = { [HOME]: [], [STANDBY]: [turn({ database })] };
  fake.instances = { [HOME]: undefined, [STANDBY]: instance() };
}

describe('an experiment', () => {
  it('runs where the lead is, and holds if nobody moved and nothing is wrong', async () => {
    const fake = new FakeChaos(serving());
    const { outcome, sentences, told } = await play(fake);
    expect([outcome, sentences]).toEqual([
      'done',
      [`Held: ${HOME} leads as before, and nothing wrong can be seen.`],
    ]);
    expect(fake.began).toEqual([`${HOME} T-replica-kill`]);
    expect(told).toEqual(expect.arrayContaining(['stop-web: running', 'experiment: completed']));
  });

  it('that takes the region away holds if the other one serves', async () => {
    const fake = new FakeChaos(serving());
    fake.onLook = () => {
      takenOver(fake);
      fake.status = 'completed';
    };
    const { outcome, sentences, told } = await play(fake, { scenario: 'region-loss' });
    expect(outcome).toBe('done');
    expect(sentences[0]).toContain(`${STANDBY} took over with epoch 2 and serves.`);
    expect(told).toContain(`SERVING: ${STANDBY}, epoch 2`);
  });

  it('that takes the region away fails if nobody took over', async () => {
    const fake = new FakeChaos(serving());
    const { outcome, sentences } = await play(fake, { scenario: 'region-loss' });
    expect(outcome).toBe('failed');
    expect(sentences[0]).toBe(`${HOME} still leads; the other region did not take over.`);
  });

  it('fails if the lead moved although it should not', async () => {
    const fake = new FakeChaos(serving());
    fake.onLook = () => {
      takenOver(fake);
      fake.status = 'completed';
    };
    const { outcome, sentences } = await play(fake);
    expect(outcome).toBe('failed');
    expect(sentences[0]).toContain('The lead moved, and should not have');
  });

  it('waits for what is wrong to mend, and fails if it does not', async () => {
    const fake = new FakeChaos(serving());
    fake.onLook = () => {
      fake.status = 'completed';
      fake.instances = { ...fake.instances, [HOME]: instance({ status: 'rebooting' }) };
    };
    const { outcome, sentences } = await play(fake, { scenario: 'database-failure' });
    expect(outcome).toBe('failed');
    expect(sentences[0]).toContain(`The database in ${HOME} is rebooting.`);
  });

  it('says which alarm stopped it', async () => {
    const fake = new FakeChaos(serving());
    fake.onLook = () => {
      fake.status = 'stopped';
      fake.reason = 'Experiment halted by stop condition demo-entrance-failing.';
    };
    const { outcome, sentences } = await play(fake);
    expect(outcome).toBe('failed');
    expect(sentences[0]).toContain(
      'ended as stopped: Experiment halted by stop condition demo-entrance-failing.',
    );
  });

  it('is stopped by Ctrl-C, and waits until FIS has put back what it changed', async () => {
    const stop = new AbortController();
    const fake = new FakeChaos(serving());
    fake.onLook = () => stop.abort();
    const { outcome, sentences } = await play(fake, { scenario: 'partition' }, { stop: stop.signal });
    expect(fake.stopped).toEqual(['EXP1']);
    expect(outcome).toBe('failed');
    expect(sentences[0]).toMatch(/^EXP1 was stopped\./);
  });

  it('of which FIS tells nothing more has an unknown outcome, with the command that stops it', async () => {
    const fake = new FakeChaos(serving());
    fake.onLook = () => {
      throw new CallFailed('fis:GetExperiment', HOME, new Error('gone'));
    };
    const { outcome, sentences } = await play(fake);
    expect(outcome).toBe('unknown');
    expect(sentences[1]).toContain(`aws fis stop-experiment --region ${HOME} --id EXP1`);
  });
});

describe('an experiment does not begin', () => {
  const refused = async (record: LeadershipRecord, request: Partial<ChaosRequest> = {}) => {
    const fake = new FakeChaos(record);
    const { outcome, sentences } = await play(fake, request);
    expect([outcome, fake.began]).toEqual(['refused', []]);
    return sentences.join(' ');
  };

  it.each<[string, LeadershipRecord, string]>([
    ['while the platform is frozen', serving({ frozen: true }), 'npx holdfast thaw'],
    [
      'during an operation',
      serving({ operation: operation('switchover', STANDBY) }),
      'An operation is under way',
    ],
    ['in a failover', moved('PROMOTING'), 'The lead is moving (PROMOTING)'],
    ['while the side that was left is not rebuilt', moved('SERVING'), 'npx holdfast failback'],
  ])('%s', async (_, record, sentence) => {
    expect(await refused(record)).toContain(sentence);
  });

  it('that takes the region away while the other one could not take over', async () => {
    const fake = new FakeChaos(serving());
    fake.turns = { ...fake.turns, [STANDBY]: [replicaTurn({ limitation: 'The replica is 90 s behind.' })] };
    const { outcome, sentences } = await play(fake, { scenario: 'region-loss' });
    expect([outcome, fake.began]).toEqual(['refused', []]);
    expect(sentences[0]).toContain('The other region could not take over');
  });

  it('under a name or in a region that there is not', async () => {
    expect(await refused(serving(), { scenario: 'replica-kil' })).toContain('allowed: replica-kill');
    expect(await refused(serving(), { region: 'eu-west-1' })).toContain(`allowed: ${HOME} or ${STANDBY}`);
  });

  it('without a template, and says how to get one', async () => {
    expect(await refused(serving(), { scenario: 'zone-loss' })).toContain(
      'say chaos: true in the platform file',
    );
  });

  it('in a dry run', async () => {
    const fake = new FakeChaos(serving());
    const { outcome, sentences } = await play(fake, {}, { dryRun: true });
    expect([outcome, fake.began]).toEqual(['would', []]);
    expect(sentences[0]).toContain('it stops one task of each service');
  });

  it.each([
    ['a person types something else', async () => 'yes', 'not the name of the platform'],
    ['nobody can be asked', undefined, 'say --yes to agree beforehand'],
  ])('if %s', async (_, ask, sentence) => {
    const fake = new FakeChaos(serving());
    const { outcome, sentences } = await play(fake, { agreed: false }, {}, ask);
    expect([outcome, fake.began]).toEqual(['refused', []]);
    expect(sentences[0]).toContain(sentence);
  });
});

describe('the list', () => {
  it('names every scenario, what must come of it, and where it can be run', async () => {
    const fake = new FakeChaos(serving());
    const listed = await listChaos(PLATFORM, fake.experiments);
    expect(listed.map(({ name }) => name)).toEqual(scenariosOf(PLATFORM, 'home').map(({ name }) => name));
    const text = renderChaos('demo', listed, { colors: false });
    expect(text).toContain(`where:    ${HOME} (ready), ${STANDBY} (ready)`);
    expect(text).toContain(`where:    ${HOME} (not deployed), ${STANDBY} (not deployed)`);
  });

  it('says of a region that does not answer that nobody knows', async () => {
    const fake = new FakeChaos(serving());
    const silent = { ...fake.experiments, templates: async () => Promise.reject(new Error('no answer')) };
    const listed = await listChaos(PLATFORM, silent);
    expect(listed[0]?.deployed).toEqual({ [HOME]: null, [STANDBY]: null });
  });

  it('refuses an unknown command below it as wrong use', async () => {
    const { end } = terminal();
    expect(await run(['chaos', 'rnu', 'replica-kill'], end)).toBe(EXIT.wrongUse);
  });
});

describe('FIS', () => {
  const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = KEYS.map((key) => process.env[key]);
  let stub: AwsStub | undefined;
  afterEach(async () => {
    await stub?.stop();
    KEYS.forEach((key, index) => {
      const value = before[index];
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    });
  });

  async function fis(answer: (request: StubRequest) => { status: number; body: object }) {
    for (const key of KEYS) process.env[key] = 'testing';
    const started = await startAwsStub((request) => {
      const { status, body } = answer(request);
      return { status, body: JSON.stringify(body) };
    });
    stub = started;
    return { port: experiments(clients(), started.endpoint), requests: started.requests };
  }
  const EXPERIMENT = {
    experiment: {
      id: 'EXP1',
      state: { status: 'running' },
      actions: { cut: { state: { status: 'pending' } } },
    },
  };

  it('is asked by signed requests, page by page', async () => {
    const { port, requests } = await fis(({ path }) => ({
      status: 200,
      body: path.includes('nextToken')
        ? { experimentTemplates: [{ id: 'b' }] }
        : { experimentTemplates: [{ id: 'a', tags: { x: 'y' } }], nextToken: 'more' },
    }));
    expect(await port.templates(HOME)).toEqual([
      { id: 'a', tags: { x: 'y' } },
      { id: 'b', tags: {} },
    ]);
    expect(requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=testing\/\d{8}\/us-east-1\/fis\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
  });

  it('begins an experiment under a token, which may be said again after a failure on the way', async () => {
    let failures = 1;
    const { port, requests } = await fis(() =>
      failures-- > 0 ? { status: 503, body: {} } : { status: 200, body: EXPERIMENT },
    );
    expect(await port.start(HOME, 'T1', 'one')).toEqual({
      id: 'EXP1',
      status: 'running',
      reason: '',
      actions: { cut: 'pending' },
    });
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/experiments', '{"experimentTemplateId":"T1","clientToken":"one"}'],
      ['POST', '/experiments', '{"experimentTemplateId":"T1","clientToken":"one"}'],
    ]);
  });

  it('is asked to stop one', async () => {
    const { port, requests } = await fis(() => ({ status: 200, body: EXPERIMENT }));
    await port.stop(HOME, 'EXP1');
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /experiments/EXP1']);
  });

  it('that refuses is told with the permission that is missing', async () => {
    const { port } = await fis(() => ({ status: 403, body: { message: 'no' } }));
    const said = await port.look(HOME, 'EXP1').then(
      () => '',
      (error: unknown) => explainChaos(error),
    );
    expect(said).toBe(
      `The permission fis:GetExperiment is missing in ${HOME}; docs/iam-chaos-policy.json has all that are needed.`,
    );
  });
});

describe('the policy of chaos', () => {
  it('names exactly what the adapter calls, and is the one in docs/', () => {
    const adapter = readFileSync(join(ROOT, 'bin/chaos/aws.ts'), 'utf8');
    const called = [...adapter.matchAll(/\bcall\(\s*'([a-z0-9]+:\w+)'/g)].map(([, name]) => name);
    expect([...new Set(called)].sort()).toEqual([...CHAOS_ACTIONS]);
    expect(readFileSync(join(ROOT, 'docs/iam-chaos-policy.json'), 'utf8')).toBe(chaosPolicy());
  });
});
