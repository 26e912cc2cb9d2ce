import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, REGION, Stacks, type Template } from './support';

/** So short that a run, which takes two seconds, overlaps the next ones. */
const MINUTE_SECONDS = 1;

/** Tells when it begins and when it ends, and whether it remembers an earlier run. */
const RUN = `
let runs = 0;
exports.handler = async ({ colour }) => {
  runs += 1;
  console.log(JSON.stringify({ at: 'begin', colour, runs, pid: process.pid }));
  await new Promise((done) => setTimeout(done, 2000));
  console.log(JSON.stringify({ at: 'end', colour, runs, pid: process.pid }));
};`;

interface Line {
  readonly at: 'begin' | 'end';
  readonly colour: string;
  readonly runs: number;
  readonly pid: number;
}

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce, scheduledMinuteSeconds: MINUTE_SECONDS });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

async function template(name: string, properties: object = {}): Promise<Template> {
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: name,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: 20,
          Code: await stacks.upload(RUN),
        },
      },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 minutes)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: { 'Fn::GetAtt': ['Function', 'Arn'] },
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Input: JSON.stringify({ colour: 'green' }),
            RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
          },
          ...properties,
        },
      },
    },
  };
}

function lines(name: string): Line[] {
  const file = join(api.logs, `${REGION}-${name}.log`);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
}

async function begun(name: string, atLeast: number): Promise<Line[]> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = lines(name).filter((line) => line.at === 'begin');
    if (found.length >= atLeast) return found;
    await wait(50);
  }
  throw new Error(`${name} did not run ${atLeast} times: ${JSON.stringify(lines(name))}`);
}

describe('a schedule', () => {
  it('runs its function with its input, each run as a process of its own beside those before it', async () => {
    await stacks.create('ticking', await template('ticking'));
    expect(await stacks.failures('ticking')).toEqual([]);
    const found = await begun('ticking', 3);
    expect(found.every(({ colour, runs }) => colour === 'green' && runs === 1)).toBe(true);
    expect(new Set(found.map(({ pid }) => pid)).size).toBe(found.length);
    const firstEnd = lines('ticking').findIndex((line) => line.at === 'end');
    expect(lines('ticking').slice(0, firstEnd === -1 ? undefined : firstEnd).length).toBeGreaterThan(1);
  });

  it('goes on with its new input after an update', async () => {
    const changed = await template('ticking');
    const text = JSON.stringify(changed).replaceAll('green', 'blue');
    await stacks.update('ticking', JSON.parse(text) as Template);
    const before = lines('ticking').filter((line) => line.at === 'begin').length;
    const found = await begun('ticking', before + 2);
    expect(found.at(-1)?.colour).toBe('blue');
  });

  it('stops when it is deleted', async () => {
    await stacks.delete('ticking');
    const before = lines('ticking').filter((line) => line.at === 'begin').length;
    await wait(2_500 * MINUTE_SECONDS);
    expect(lines('ticking').filter((line) => line.at === 'begin').length).toBe(before);
  });

  it('does not run while it is disabled', async () => {
    await stacks.create('resting', await template('resting', { State: 'DISABLED' }));
    expect(await stacks.failures('resting')).toEqual([]);
    await wait(1_500 * MINUTE_SECONDS);
    expect(lines('resting')).toEqual([]);
  });

  it('leaves no function running when the API stops', async () => {
    await stacks.create('last', await template('last'));
    const [run] = await begun('last', 1);
    await api.stop();
    expect(() => process.kill(run?.pid ?? 0, 0)).toThrow(/ESRCH/);
  });
});
