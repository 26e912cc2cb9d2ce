import { describe, expect, it } from '@jest/globals';
import { toItem } from '../../../lambda/leader/item';
import type { LeadershipTable } from '../../../lambda/leader/ports';
import { firstRecord } from '../../../lambda/leader/record';
import { gate, NotReady } from '../../../lambda/readiness-gate/gate';
import { answer, type HookEvent } from '../../../lambda/readiness-gate/hook';
import { recordedLeadership } from '../../../lambda/readiness-gate/leadership';
import type { Cloud, Leadership, Probe, RunningTask, Tasks } from '../../../lambda/readiness-gate/ports';
import { FakeClock } from '../../support/fake-clock';
import { resourceHost } from '../../support/resource-host';

const NEW = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-api:8';
const OLD = NEW.replace(/8$/, '7');
const RAW = {
  Cluster: 'shop',
  Service: 'api',
  Port: '8080',
  Path: '/ready',
  TimeoutSeconds: '2',
  WaitSeconds: '60',
};
const event = (details: object = {}): HookEvent => ({
  lifecycleStage: 'POST_SCALE_UP',
  executionDetails: { targetServiceRevisionArn: 'revision-8' },
  hookDetails: { ...RAW, ...details },
});

/** A cluster whose tasks answer their readiness path with the codes that are given, by task. */
class FakeCloud implements Cloud, Tasks, Probe, Leadership {
  readonly tasks: Tasks = this;
  readonly probe: Probe = this;
  readonly leadership: Leadership = this;
  readonly asked: string[] = [];
  unreadable = false;
  /** Why the lead moves. */
  lead: string | undefined;

  constructor(private readonly codes: Readonly<Record<string, number | 'silent' | 'no-address'>>) {}

  async running(cluster: string, service: string, definition: string): Promise<readonly RunningTask[]> {
    if (this.unreadable) throw new Error('Rate exceeded');
    this.asked.push(`${cluster}/${service} ${definition}`);
    return Object.entries(this.codes).map(([id, code]) => ({
      id,
      address: code === 'no-address' ? undefined : id,
    }));
  }

  async definitionOf(revision: string): Promise<string | undefined> {
    return revision === 'revision-8' ? NEW : undefined;
  }

  async moving(): Promise<string | undefined> {
    return this.lead;
  }

  async ask(address: string): Promise<number> {
    const code = this.codes[address];
    if (typeof code !== 'number') throw new Error('connect ECONNREFUSED');
    return code;
  }
}

const ask = async (cloud: Cloud, details: object = {}, now = 1_000_000) => {
  const lines: unknown[] = [];
  const answered = await answer(event(details), cloud, now, (_, fields) => lines.push(fields));
  return { answered, log: JSON.stringify(lines) };
};

describe('ECS, when a second set of tasks is up,', () => {
  it('goes on once every task of that revision says that it is ready', async () => {
    const cloud = new FakeCloud({ a: 200, b: 204 });
    expect((await ask(cloud)).answered).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(cloud.asked).toEqual([`shop/api ${NEW}`]);
  });

  it.each([
    ['answers 503 while a migration runs', { a: 200, b: 503 } as const, 'task b answers /ready with 503'],
    ['does not answer', { a: 'silent' } as const, 'task a does not answer /ready'],
    ['has no address yet', { a: 'no-address' } as const, 'task a has no address yet'],
  ])('waits and asks again while one %s', async (_, codes, sentence) => {
    const { answered, log } = await ask(new FakeCloud(codes));
    expect(answered).toEqual({
      hookStatus: 'IN_PROGRESS',
      callBackDelay: 10,
      hookDetails: { ...RAW, Begun: 1_000_000 },
    });
    expect(log).toContain(sentence);
  });

  it('waits from the first question on, and rolls back when the time is over', async () => {
    const cloud = new FakeCloud({ a: 503 });
    const { answered } = await ask(cloud);
    const later = (ms: number) => ask(cloud, answered.hookDetails ?? {}, 1_000_000 + ms);
    expect((await later(59_000)).answered.hookStatus).toBe('IN_PROGRESS');
    expect((await later(60_000)).answered).toEqual({ hookStatus: 'FAILED' });
  });

  it('takes an AWS that does not answer for tasks that are not ready, and not for a failure', async () => {
    const cloud = new FakeCloud({ a: 200 });
    cloud.unreadable = true;
    expect((await ask(cloud)).answered.hookStatus).toBe('IN_PROGRESS');
  });

  it('waits while the lead moves, though the tasks are ready, until its time is over: also a way back must end', async () => {
    const cloud = new FakeCloud({ a: 200 });
    cloud.lead = 'just moves (PROMOTING, us-west-2)';
    const { answered, log } = await ask(cloud);
    expect(answered).toMatchObject({ hookStatus: 'IN_PROGRESS', callBackDelay: 10 });
    expect(log).toContain('The lead just moves (PROMOTING, us-west-2).');
    const late = await ask(cloud, answered.hookDetails ?? {}, 1_000_000 + 60_000);
    expect(late.answered).toEqual({ hookStatus: 'SUCCEEDED' });
    cloud.lead = undefined;
    expect((await ask(cloud, answered.hookDetails ?? {}, 1_010_000)).answered.hookStatus).toBe('SUCCEEDED');
  });

  it('waits when it names a revision that is not there', async () => {
    const cloud = new FakeCloud({ a: 200 });
    const strange = { ...event(), executionDetails: { targetServiceRevisionArn: 'another' } };
    expect((await answer(strange, cloud, 0, () => undefined)).hookStatus).toBe('IN_PROGRESS');
  });

  it('goes on where no task is wanted', async () => {
    expect((await ask(new FakeCloud({}))).answered).toEqual({ hookStatus: 'SUCCEEDED' });
  });
});

describe('a stack behind a rolling deployment', () => {
  const deploy = async (cloud: Cloud, before: string | undefined, definition = NEW) => {
    const resource = gate(cloud, before);
    const host = resourceHost();
    return host.clock.run(resource.update(resource.parse({ ...RAW, TaskDefinition: definition }), host));
  };

  it('is done when the new tasks are ready', async () => {
    expect((await deploy(new FakeCloud({ a: 200 }), OLD)).sentence).toBe('api is ready: one task asked.');
  });

  it('fails with what was last seen when they do not become ready in time', async () => {
    const failed = deploy(new FakeCloud({ a: 200, b: 503 }), OLD);
    await expect(failed).rejects.toThrow(NotReady);
    await expect(failed).rejects.toThrow(
      'within 60 s. Last seen: 1 of 2 tasks of api not ready: task b answers',
    );
  });

  it('that goes back asks nobody, so that it ends', async () => {
    const cloud = new FakeCloud({ a: 503 });
    expect((await deploy(cloud, NEW, OLD)).sentence).toContain('back at the revision before');
    expect(cloud.asked).toEqual([]);
  });
});

describe('whether the lead moves', () => {
  const first = firstRecord('us-east-1', 60, 5);
  const asked = (read: LeadershipTable['read']) => {
    const never = () => Promise.reject(new Error('The gate writes nothing.'));
    const table: LeadershipTable = { region: 'us-east-1', read, create: never, replace: never };
    return recordedLeadership([table], new FakeClock(), () => undefined).moving();
  };

  it('is in the record', async () => {
    expect(await asked(async () => toItem(first, 'nonce'))).toBeUndefined();
    const claimed = { ...first, state: 'CLAIMED' } as const;
    expect(await asked(async () => toItem(claimed, 'nonce'))).toBe('just moves (CLAIMED, us-east-1)');
  });

  it('holds nobody up where nobody can say, or where there is no record', async () => {
    expect(await asked(() => Promise.reject(new Error('No way.')))).toBeUndefined();
    expect(await asked(async () => undefined)).toBeUndefined();
  });
});
