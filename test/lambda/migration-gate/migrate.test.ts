import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeOf, parseAsked } from '../../../lambda/migration-gate/asked';
import { LeadMoves, LeadUnknown, MigrationFailed } from '../../../lambda/migration-gate/failures';
import { fromText, toText } from '../../../lambda/migration-gate/ledger';
import { migrate } from '../../../lambda/migration-gate/migrate';
import type { Lead } from '../../../lambda/migration-gate/ports';
import { resourceHost } from '../../support/resource-host';
import { ended, FakeCloud, LEADS, RAW, running } from './fakes';

const run = (cloud: FakeCloud, change: object = {}, seconds?: number) => {
  const host = resourceHost(seconds);
  return host.clock.run(migrate(parseAsked({ ...RAW, ...change }), cloud, host));
};

describe('a migration', () => {
  it('runs as one task, and the stack goes on when that has ended well', async () => {
    const cloud = new FakeCloud([running(), running(), ended(0)]);
    expect(await run(cloud)).toEqual({ done: true, sentence: 'api: its migration has run.' });
    expect(cloud.calls).toEqual(['run task-1']);
    expect(cloud.ledger.succeeded).toHaveLength(1);
  });

  it('runs once for a change: a second deployment of it starts nothing', async () => {
    const cloud = new FakeCloud();
    await run(cloud);
    expect((await run(cloud)).sentence).toBe('api: this migration has run before.');
    expect(cloud.calls).toEqual(['run task-1']);
  });

  it('runs again for another image or another command, and not when a stack goes back to one before', async () => {
    const cloud = new FakeCloud();
    await run(cloud);
    await run(cloud, { Command: ['migrate', 'further'] });
    cloud.present = 'sha256:3';
    await run(cloud);
    expect(cloud.started.size).toBe(3);
    cloud.present = 'sha256:2';
    await run(cloud);
    expect(cloud.started.size).toBe(3);
  });

  it('is not run where there is no image yet, and the stack goes on', async () => {
    const cloud = new FakeCloud();
    cloud.present = undefined;
    expect((await run(cloud)).done).toBe(true);
    expect(cloud.calls).toEqual([]);
  });

  it('of a public image counts the address of the image in the place of its content', async () => {
    const cloud = new FakeCloud();
    await run(cloud, { Repository: undefined, Tag: undefined });
    await run(cloud, { Repository: undefined, Tag: undefined });
    expect(cloud.started.size).toBe(1);
  });
});

describe('a migration and the lead', () => {
  const under = async (...leads: Lead[]) => {
    const cloud = new FakeCloud([running(), running(), ended(0)]);
    cloud.leads = leads;
    const outcome = await run(cloud).catch((error: unknown) => error);
    return { cloud, outcome };
  };
  const elsewhere: Lead = { known: true, leads: false, settled: true, epoch: 3 };
  const unsettled: Lead = { known: true, leads: true, settled: false, epoch: 4 };
  const unknown: Lead = { known: false, why: 'No region answered.' };

  it('is never run in a region that does not lead, whose stack goes on', async () => {
    const { cloud, outcome } = await under(elsewhere);
    expect(outcome).toMatchObject({ done: true });
    expect(cloud.calls).toEqual([]);
  });

  it.each([
    ['the lead is moving', unsettled, LeadMoves],
    ['nobody can say who leads', unknown, LeadUnknown],
  ])('is not begun while %s, and the stack fails', async (_, lead, failure) => {
    const { cloud, outcome } = await under(lead);
    expect(outcome).toBeInstanceOf(failure);
    expect(cloud.calls).toEqual([]);
  });

  it.each([
    ['went to the other region', elsewhere],
    ['began to move', unsettled],
    ['came back under another epoch', { ...LEADS, epoch: 5 } as Lead],
  ])('is stopped when the lead %s meanwhile', async (_, later) => {
    const { cloud, outcome } = await under(LEADS, later);
    expect(outcome).toBeInstanceOf(LeadMoves);
    expect(cloud.calls).toEqual(['run task-1', 'stop task-1: The lead has moved.']);
  });

  it.each([
    ['the lead is moving', unsettled],
    ['nobody can say who leads', unknown],
  ])('lets a stack go back to a change that has run while %s, so that it ends', async (_, lead) => {
    const cloud = new FakeCloud();
    await run(cloud);
    cloud.leads = [lead];
    expect((await run(cloud)).sentence).toBe('api: this migration has run before.');
    cloud.present = undefined;
    expect((await run(cloud)).done).toBe(true);
    expect(cloud.calls).toEqual(['run task-1']);
  });

  it('goes on when the table does not answer for a moment', async () => {
    const { outcome } = await under(LEADS, unknown, LEADS);
    expect(outcome).toMatchObject({ done: true });
  });
});

describe('a migration that fails', () => {
  const failure = async (cloud: FakeCloud, change: object = {}) => {
    const error = await run(cloud, change).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(MigrationFailed);
    return (error as Error).message;
  };

  it.each([
    ['ends with a failure', ended(2), 'exit code 2 (Essential container exited)'],
    [
      'never starts',
      ended(undefined, 'CannotPullContainerError'),
      'its task did not start (CannotPullContainerError)',
    ],
    ['is forgotten by ECS', undefined, 'ECS knows nothing of its task any more'],
  ])('because its task %s says so and touches nothing', async (_, state, why) => {
    const cloud = new FakeCloud([state]);
    expect(await failure(cloud)).toContain(
      `The migration of api failed: ${why}. The tasks that run were not touched.`,
    );
    expect(cloud.calls).toEqual(['run task-1']);
  });

  it('because its time is over is stopped', async () => {
    const host = resourceHost();
    const cloud = new FakeCloud([running(host.clock.now())]);
    expect(await failure(cloud)).toContain('it did not end within 300 s and was stopped');
    expect(cloud.calls).toEqual(['run task-1', 'stop task-1: Its time is over.']);
  });

  it('is tried once more by the next deployment, as a task of its own', async () => {
    const cloud = new FakeCloud([ended(1), ended(0)]);
    await failure(cloud);
    expect((await run(cloud)).done).toBe(true);
    expect(cloud.calls).toEqual(['run task-1', 'run task-2']);
  });
});

describe('a function that ends before the migration does', () => {
  it('says so in time, and the next one finds the same task', async () => {
    const cloud = new FakeCloud([running(), running(), running(), ended(0)]);
    expect(await run(cloud, {}, 12)).toMatchObject({ done: false });
    expect((await run(cloud, {}, 12)).done).toBe(true);
    expect(cloud.calls).toEqual(['run task-1']);
  });

  it('and dies right after the order starts no second task', async () => {
    const cloud = new FakeCloud();
    cloud.dies = 'after-run';
    await expect(run(cloud)).rejects.toThrow('The function died.');
    expect((await run(cloud)).done).toBe(true);
    expect([...cloud.started.values()]).toEqual(['task-1']);
  });
});

describe('what is remembered', () => {
  it('is the same after it was written down', () => {
    const text = fc.stringMatching(/^[0-9a-f]{32}$/);
    const begun = fc.record({ change: text, attempt: fc.nat() });
    fc.assert(
      fc.property(fc.array(text), fc.option(begun, { nil: undefined }), (succeeded, one) => {
        const ledger = { succeeded, ...(one ? { begun: one } : {}) };
        expect(fromText(toText(ledger))).toEqual(ledger);
      }),
    );
  });

  it('fits into a parameter, however many deployments there were', async () => {
    const cloud = new FakeCloud();
    for (let release = 0; release < 70; release += 1) {
      cloud.present = `sha256:${release}`;
      await run(cloud);
    }
    expect(toText(cloud.ledger).length).toBeLessThan(4096 - 300);
  });

  it.each(['', '{}', '{"succeeded":[1]}', '{"succeeded":[],"begun":{"change":1}}'])('is not %j', (text) => {
    expect(() => fromText(text)).toThrow(SyntaxError);
  });

  it('tells services, images and commands apart', () => {
    const of = (change: object, digest = 'a') => changeOf(parseAsked({ ...RAW, ...change }), digest);
    const all = [of({}), of({}, 'b'), of({ Service: 'web' }), of({ Command: ['migrate'] })];
    expect(new Set(all).size).toBe(4);
    expect(of({ TaskDefinition: 'another:5' })).toBe(of({}));
  });
});
