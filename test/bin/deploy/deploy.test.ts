import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Ports, Stack } from '../../../bin/checks/ports';
import type { Terminal } from '../../../bin/commands/terminal';
import { CdkFailed, cdkCommand, reasonsIn } from '../../../bin/deploy/cdk';
import type { First } from '../../../bin/deploy/order';
import type { Cdk } from '../../../bin/deploy/ports';
import { deploy } from '../../../bin/deploy/run';
import type { PreflightPorts } from '../../../bin/operate/ports';
import type { Manner } from '../../../bin/recover/telling';
import type { Health } from '../../../bin/services/health/row';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { FakeClock } from '../../support/fake-clock';
import { FakePlatform, terminal } from '../operate/fakes';
import { moved, NOW, operation, STANDBY, serving } from '../operate/records';
import { demo } from '../services/fakes';
import { ports as checkPorts, readyPorts } from '../support/ports';

const STACK = 'Demo-us-east-1-Data';
const database = (identifier: string): string =>
  JSON.stringify({
    Resources: {
      Database: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceIdentifier: identifier } },
    },
  });

/** The CDK's command line, which writes one stack. */
class FakeCdk implements Cdk {
  readonly ran: string[] = [];
  changed = 1;
  template = database('demo-db');
  failure: CdkFailed | undefined;

  first: First | undefined;

  async synth(_: string, first: First, folder: string): Promise<void> {
    this.ran.push('synth');
    this.first = first;
    writeFileSync(join(folder, 'a.template.json'), this.template);
    const artifact = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://123456789012/us-east-1',
      properties: { templateFile: 'a.template.json', stackName: STACK },
    };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts: { [STACK]: artifact } }));
  }
  async diff(_: string, onLine: (line: string) => void): Promise<void> {
    this.ran.push('diff');
    for (const line of [
      'Stack Same',
      '',
      `Stack ${STACK}`,
      '[~] a change',
      `✨  Number of stacks with differences: ${this.changed}`,
    ])
      onLine(line);
  }
  async deploy(_: string, onLine: (line: string) => void): Promise<void> {
    this.ran.push('deploy');
    if (this.failure) throw this.failure;
    onLine(` ✅  ${STACK}`);
  }
}

interface Case {
  readonly record?: LeadershipRecord | Error;
  readonly cdk?: (cdk: FakeCdk, world: FakePlatform) => void;
  readonly checks?: Partial<Ports>;
  readonly stacks?: readonly Stack[];
  readonly terminal?: Partial<Terminal>;
  readonly agreed?: boolean;
  readonly first?: First;
  readonly manner?: Partial<Manner>;
  readonly health?: Health;
  readonly secrets?: PreflightPorts['secrets'];
  readonly keys?: PreflightPorts['deployed']['resources'];
}

/** Another value of each secret in each region. */
const DIFFERENT: PreflightPorts['secrets'] = {
  status: async (region) => ({ current: region, copies: new Map([[STANDBY, 'InSync']]) }),
};
const WEB: Stack = { name: 'Demo-us-west-2-Service-web', status: 'UPDATE_COMPLETE', isProtected: false };

const LEADERSHIP: Stack = { name: 'Demo-us-east-2-Leadership', status: 'UPDATE_COMPLETE', isProtected: true };

async function run(given: Case = {}) {
  const { record = serving(), stacks = [LEADERSHIP], health = 'healthy' } = given;
  const cdk = new FakeCdk();
  const world = new FakePlatform(record);
  given.cdk?.(cdk, world);
  const preflight: PreflightPorts = {
    leadership: world.leadership,
    agentLog: world.agentLog,
    filesLog: world.filesLog,
    databases: world.databases,
    secrets: given.secrets ?? { status: async () => undefined },
    traffic: {
      failoverRecords: async () => [],
      healthCheck: async () => undefined,
      observations: async () => [],
    },
    deployed: {
      template: async () => database('demo-db'),
      resources: given.keys ?? (async () => ['alias/demo-data', 'alias/demo-operations']),
    },
    certificates: { validUntil: async () => NOW },
  };
  const checks = () => checkPorts({ stacks: { list: async () => stacks }, ...given.checks });
  const clock = new FakeClock(NOW);
  const { end, said } = terminal(given.terminal);
  const manner = { json: false, dryRun: false, clock, stop: new AbortController().signal, ...given.manner };
  const told: string[] = [];
  const ended = await clock.run(
    deploy(
      demo,
      { file: 'demo.yaml', agreed: given.agreed ?? true, ...(given.first ? { first: given.first } : {}) },
      { checks, preflight, cdk },
      end,
      manner,
      (sentence) => void told.push(sentence),
      async () => ({ health, sentence: `demo is ${health}.` }),
    ),
  );
  return { ...ended, told, ran: cdk.ran, first: cdk.first, out: said.out };
}

describe('a deployment', () => {
  it('compares, deploys, and ends with how the platform is', async () => {
    const { outcome, sentences, ran, told, out } = await run();
    expect([outcome, ran]).toEqual(['done', ['synth', 'diff', 'deploy']]);
    expect(sentences).toEqual(['Deployed 1 of 1 stacks.', 'demo is healthy.']);
    expect(told.at(-1)).toBe(`1 of 1: ${STACK}`);
    expect(out).toBe(`  Stack ${STACK}\n  [~] a change\n`);
  });

  it('says nothing to do the second time', async () => {
    const { outcome, sentences, ran } = await run({
      cdk: (cdk) => {
        cdk.changed = 0;
      },
    });
    expect([outcome, ran]).toEqual(['done', ['synth', 'diff']]);
    expect(sentences).toEqual(['Nothing to do: all 1 stacks are as the file says.']);
  });

  it('is not well done if clients get no answers afterwards', async () => {
    expect(await run({ health: 'down' })).toMatchObject({
      outcome: 'failed',
      sentences: ['Deployed, but demo is down.', 'Look: npx holdfast health --watch'],
    });
    expect((await run({ health: 'degraded' })).outcome).toBe('done');
  });

  it.each<[string, Case, string]>([
    ['in a dry run', { manner: { dryRun: true } }, 'It would deploy 1 of 1 stacks.'],
    ['where nobody can be asked', { agreed: false }, 'Nobody can be asked here: say --yes'],
    ['if a person says no', { agreed: false, terminal: { ask: async () => 'n' } }, 'Nothing was changed.'],
    [
      'if it would replace the writer',
      {
        cdk: (cdk) => {
          cdk.template = database('other');
        },
      },
      'Something stands against',
    ],
    [
      'while the lead moves',
      {
        record: serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }),
        cdk: (cdk) => {
          cdk.template = database('demo-db').replace(
            '"DBInstanceIdentifier"',
            '"Changed":1,"DBInstanceIdentifier"',
          );
        },
      },
      'Something stands against',
    ],
    [
      'with credentials of another account',
      { checks: { identity: { caller: async () => ({ account: '1', arn: 'arn:x' }) } } },
      'Something stands against',
    ],
    [
      'over a half-deployed stack',
      { stacks: [{ ...LEADERSHIP, status: 'UPDATE_ROLLBACK_FAILED' }] },
      'Something stands against',
    ],
    [
      'while another deployment runs',
      { stacks: [{ ...LEADERSHIP, status: 'UPDATE_IN_PROGRESS' }] },
      'Something stands against',
    ],
    [
      'where a deployed service could not pull its image',
      { stacks: [LEADERSHIP, WEB], checks: { images: { find: async () => 'no image' } } },
      'Something stands against',
    ],
    ['where a secret has another value in the standby', { secrets: DIFFERENT }, 'Something stands against'],
    ['where a key is gone', { keys: async () => ['alias/demo-data'] }, 'Something stands against'],
    [
      'for the first time in an account that is not ready',
      { stacks: [], checks: { bootstrap: { version: async () => undefined } } },
      'Something stands against',
    ],
  ])('does not happen %s', async (_, given, sentence) => {
    const { outcome, sentences, ran } = await run(given);
    expect(outcome).toMatch(/^(refused|would)$/);
    expect(sentences[0]).toContain(sentence);
    expect(ran).not.toContain('deploy');
  });

  it('asks for nothing that it brings itself, so that one that ended halfway can go on', async () => {
    const { outcome } = await run({
      keys: async () => undefined,
      secrets: { status: async () => ({ current: undefined, copies: new Map() }) },
      checks: { images: { find: async () => 'no repository' } },
    });
    expect(outcome).toBe('done');
  });

  it('only tells of values that differ where the standby leads, whose secrets are its own', async () => {
    const { outcome, told } = await run({ record: moved('PROTECTED'), secrets: DIFFERENT });
    expect(outcome).toBe('done');
    expect(told.join('\n')).toContain('has another value than at home.');
  });

  it('names a half-deployed stack with the commands that mend it', async () => {
    const { sentences } = await run({ stacks: [{ ...LEADERSHIP, status: 'UPDATE_ROLLBACK_FAILED' }] });
    expect(sentences.join('\n')).toContain(
      'Demo-us-east-2-Leadership is UPDATE_ROLLBACK_FAILED: its last update could not be undone.\n    aws cloudformation continue-update-rollback --region us-east-2',
    );
  });

  it('may happen for the first time in an account that is ready', async () => {
    const { outcome } = await run({ stacks: [], checks: readyPorts(), record: new Error('no table') });
    expect(outcome).toBe('done');
  });

  it('has its services first where nobody is served, and says so before anything is done', async () => {
    expect((await run()).first).toBe('standby');
    const after = await run({ record: moved('PROTECTED') });
    expect([after.outcome, after.first]).toEqual(['done', 'home']);
    expect(after.told[0]).toBe(
      'Services go to us-east-1 (home) first, and to us-west-2 after them: us-west-2 leads.',
    );
  });

  it('is not begun if nobody can say who leads, unless a person says the order', async () => {
    const unknown = await run({ record: new Error('no route') });
    expect([unknown.outcome, unknown.ran]).toEqual(['refused', []]);
    expect(unknown.sentences[1]).toMatch(/^Nobody can say who leads.* --first none for no order\.$/);
    expect((await run({ record: new Error('no route'), first: 'none' })).first).toBe('none');
  });

  it('is not done in the wrong order if the lead moves while a person thinks', async () => {
    const { outcome, sentences, ran } = await run({
      cdk: (cdk, world) => {
        const diff = cdk.diff.bind(cdk);
        cdk.diff = async (folder, onLine) => {
          await diff(folder, onLine);
          world.record = moved('SERVING');
        };
      },
    });
    expect([outcome, ran]).toEqual(['refused', ['synth', 'diff']]);
    expect(sentences[1]).toContain('The lead has moved from us-east-1 to us-west-2 meanwhile');
  });

  it('tells the reasons of a failure, and what it left behind', async () => {
    let failed = false;
    const { outcome, sentences } = await run({
      checks: {
        stacks: {
          list: async () => (failed ? [{ ...LEADERSHIP, status: 'UPDATE_ROLLBACK_FAILED' }] : [LEADERSHIP]),
        },
      },
      cdk: (cdk) => {
        cdk.failure = new CdkFailed('deploy', ['UPDATE_FAILED AWS::ECS::Service'], '/tmp/cdk.log');
        cdk.deploy = async () => {
          failed = true;
          throw cdk.failure;
        };
      },
    });
    expect(outcome).toBe('failed');
    expect(sentences.slice(0, 3)).toEqual([
      'cdk deploy:',
      '  UPDATE_FAILED AWS::ECS::Service',
      'Before the next deployment:',
    ]);
    expect(sentences.at(-1)).toBe('All that it printed: /tmp/cdk.log');
  });
});

describe('the command line of the CDK', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cdk-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is told by its failed resources, else by its last lines', () => {
    const event = 'Demo | 3/9 | 10:00:00 AM | CREATE_FAILED        | AWS::ECS::Service | Service no image';
    expect(reasonsIn(['begins', event, event, 'ends'])).toEqual([
      'CREATE_FAILED | AWS::ECS::Service | Service no image',
    ]);
    expect(reasonsIn(['', 'one ', 'two'])).toEqual(['one', 'two']);
  });

  it('ends in an error with a file of all that it printed, one for all commands, made by the first', async () => {
    const logFile = join(folder, 'cdk.log');
    const made: string[] = [];
    const newLogFile = (): string => {
      made.push(logFile);
      return logFile;
    };
    const cdk = cdkCommand(folder, newLogFile, { PATH: process.env.PATH ?? '' });
    expect(made).toEqual([]);
    await expect(cdk.synth('demo', 'standby', folder)).rejects.toThrow(CdkFailed);
    await expect(cdk.synth('demo', 'standby', folder)).rejects.toMatchObject({ logFile });
    expect(made).toEqual([logFile]);
  });
});
