import { describe, expect, it } from '@jest/globals';
import { checkAll, NotAsked } from '../../../lambda/deep-health/check';
import type { Asked } from '../../../lambda/deep-health/contract';
import type { Cloud, RunningTask } from '../../../lambda/deep-health/ports';
import { FakeClock } from '../../support/fake-clock';

const asked = (service: string): Asked => ({
  service,
  port: 8080,
  path: '/health/deep',
  timeoutSeconds: 10,
  graceSeconds: 60,
});

type Answer = number | 'silent' | 'no-address' | 'young' | 'pending';

/** A region whose tasks answer their deep path so, by service and task; a service that is absent cannot be read. */
class FakeCloud implements Cloud {
  readonly reported: Record<string, number> = {};
  readonly questions: string[] = [];
  readonly lines: string[] = [];
  readonly clock = new FakeClock();

  constructor(private readonly answers: Readonly<Record<string, Readonly<Record<string, Answer>>>>) {}

  async running(service: string): Promise<readonly RunningTask[]> {
    const tasks = this.answers[service];
    if (!tasks) throw new Error('Rate exceeded');
    return Object.entries(tasks).map(([id, answer]) => ({
      id,
      address: answer === 'no-address' ? undefined : `${service}/${id}`,
      startedAt: answer === 'pending' ? undefined : this.clock.now() - (answer === 'young' ? 59_999 : 60_000),
    }));
  }

  // A property, because the domain hands it on without its object.
  readonly ask: Cloud['ask'] = async (address, port, path, timeoutMs) => {
    this.questions.push(`${address} ${port} ${path} ${timeoutMs}`);
    const [service = '', task = ''] = address.split('/');
    const answer = this.answers[service]?.[task];
    if (typeof answer !== 'number') throw new Error('connect ECONNREFUSED');
    return answer;
  };

  readonly report: Cloud['report'] = (service, failing) => {
    this.reported[service] = failing;
  };

  round(...services: readonly string[]): Promise<void> {
    const log = (event: string, fields?: object) =>
      void this.lines.push(`${event} ${JSON.stringify(fields)}`);
    return checkAll(services.map(asked), { cloud: this, clock: this.clock, log });
  }
}

describe('a round of questions', () => {
  it('asks each task of a service at its own address, on the port and path of the file', async () => {
    const cloud = new FakeCloud({ api: { a: 200, b: 204 } });
    await cloud.round('api');
    expect(cloud.questions).toEqual(['api/a 8080 /health/deep 10000', 'api/b 8080 /health/deep 10000']);
    expect(cloud.reported).toEqual({ api: 0 });
  });

  it.each<[string, Answer]>([
    ['a server error', 503],
    ['a redirection, behind which nobody looked', 302],
    ['no answer', 'silent'],
    ['no address to ask', 'no-address'],
  ])('counts %s of one task, and tells which', async (_, answer) => {
    const cloud = new FakeCloud({ api: { a: 200, bad: answer } });
    await cloud.round('api');
    expect(cloud.reported).toEqual({ api: 1 });
    expect(cloud.lines.join()).toContain('task bad ');
  });

  it('leaves a task alone that has just started, so that a deployment is no trouble', async () => {
    const cloud = new FakeCloud({ api: { a: 200, new: 'young', newer: 'pending' } });
    await cloud.round('api');
    expect(cloud.questions).toHaveLength(1);
    expect(cloud.reported).toEqual({ api: 0 });
  });

  it('of a service without a task is well: nobody is there, and the silence of the metric means something else', async () => {
    const cloud = new FakeCloud({ api: {} });
    await cloud.round('api');
    expect(cloud.reported).toEqual({ api: 0 });
  });

  it('goes on with the other services when the tasks of one cannot be read, tells nothing of that one, and fails', async () => {
    const cloud = new FakeCloud({ web: { a: 500, b: 500 } });
    await expect(cloud.round('api', 'web')).rejects.toEqual(new NotAsked(['api']));
    expect(cloud.reported).toEqual({ web: 2 });
    expect(cloud.lines.join()).toContain('Rate exceeded');
  });

  it('writes no more than five problems of a service down', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, 503]));
    const cloud = new FakeCloud({ api: many });
    await cloud.round('api');
    expect(cloud.reported).toEqual({ api: 40 });
    expect(cloud.lines.join().match(/with 503/g)).toHaveLength(5);
  });
});
