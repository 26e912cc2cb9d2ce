import { describe, expect, it } from '@jest/globals';
import type { RebuildStatus } from '../../../lambda/region-agent/ports';
import { mendReadReplicas, ReadReplicasNotReady } from '../../../lambda/region-agent/read-replicas';

const copy = (identifier: string, ofInstance: boolean, status = 'available') => ({
  identifier,
  ofInstance,
  status,
});

const REBUILT: RebuildStatus = {
  instance: { status: 'available', source: null },
  settled: true,
  quarantine: undefined,
  snapshot: undefined,
  readReplicas: [],
  missingReadReplicas: [],
};

/** RDS with these copies; it refuses what is done to those of `refusals`. */
async function mend(
  status: Partial<RebuildStatus>,
  refusals: Readonly<Record<string, string>> = {},
): Promise<{ readonly asked: readonly string[]; readonly error: unknown }> {
  const asked: string[] = [];
  const never = async (): Promise<never> => {
    throw new Error('This is no step of it.');
  };
  const mending = mendReadReplicas(
    {
      observe: async (epoch) => {
        asked.push(`observe ${epoch}`);
        return { ...REBUILT, ...status };
      },
      mendReadReplica: async (identifier, how) => {
        asked.push(`${how} ${identifier}`);
        const refusal = refusals[identifier];
        if (refusal !== undefined) throw new Error(refusal);
      },
      snapshot: never,
      quarantine: never,
      createReplica: never,
    },
    3,
  );
  const error = await mending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { asked, error };
}

describe('the copies for reads of a region that leads again', () => {
  it('are asked for where they are missing, all at once', async () => {
    const { asked, error } = await mend({ missingReadReplicas: ['read-1', 'read-2'] });
    expect(error).toBeUndefined();
    expect(asked).toEqual(['observe 3', 'create read-1', 'create read-2']);
  });

  it.each([
    ['there are to be none', []],
    ['all of them follow the instance', [copy('read-1', true, 'creating'), copy('read-2', true)]],
  ])('need nothing where %s', async (_, readReplicas) => {
    const { asked, error } = await mend({ readReplicas });
    expect([asked, error]).toEqual([['observe 3'], undefined]);
  });

  it('that hang on what was left are deleted, and are not ready until their successors were asked for', async () => {
    const readReplicas = [copy('read-1', false), copy('read-2', false, 'deleting')];
    const { asked, error } = await mend({ readReplicas, missingReadReplicas: ['read-3'] });
    expect(asked).toEqual(['observe 3', 'delete read-1', 'create read-3']);
    expect(error).toBeInstanceOf(ReadReplicasNotReady);
    expect(String(error)).toBe(
      'ReadReplicasNotReady: 2 of the copies for reads could not be made yet. ' +
        'read-1: Its predecessor is being deleted. read-2: Its predecessor is being deleted.',
    );
  });

  it('that RDS refuses are named with its reason, and hold up no other one', async () => {
    const { asked, error } = await mend(
      { readReplicas: [copy('read-1', false)], missingReadReplicas: ['read-2', 'read-3'] },
      { 'read-1': 'Busy.', 'read-2': 'Its source is backing up.' },
    );
    expect(asked).toHaveLength(4);
    expect(error).toMatchObject({
      missing: new Map([
        ['read-1', 'Busy.'],
        ['read-2', 'Its source is backing up.'],
      ]),
    });
  });
});
