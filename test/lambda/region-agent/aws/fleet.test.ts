import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ecs, EcsService } from '../../../../lambda/region-agent/aws/ecs';
import { parseSize, serviceFleet } from '../../../../lambda/region-agent/aws/fleet';
import type { Limits, Scaling } from '../../../../lambda/region-agent/aws/scaling';
import { SERVING_TAG, STANDBY_TAG } from '../../../../lambda/region-agent/contract';

interface Tasks {
  desired: number;
  limits?: Limits;
  /** Its limits cannot be set. */
  deaf?: boolean;
}

/** A region's services in memory; `failing` are those whose count cannot be set. */
function region(
  tasks: Record<string, Tasks & { tags?: Record<string, string> }>,
  failing: readonly string[] = [],
) {
  const calls: string[] = [];
  const services: Ecs = {
    services: async () =>
      Object.entries(tasks).map(
        ([name, { desired, tags }]): EcsService => ({
          name,
          desired,
          running: desired,
          tags: new Map(Object.entries(tags ?? { [SERVING_TAG]: '2 3 10', [STANDBY_TAG]: '0 1 10' })),
          taskDefinition: name,
          deploymentsMs: [],
        }),
      ),
    async setDesired(name, desired) {
      if (failing.includes(name)) throw new Error('Capacity is unavailable at this time.');
      calls.push(`${name} desired ${desired}`);
      const service = tasks[name];
      if (service) service.desired = desired;
    },
    images: async () => [],
  };
  const targets: Scaling = {
    limits: async () =>
      new Map(
        Object.entries(tasks).flatMap(([name, { limits }]) => (limits ? [[name, limits] as const] : [])),
      ),
    async setLimits(name, limits) {
      if (tasks[name]?.deaf) throw new Error('Scaling is unavailable.');
      calls.push(`${name} limits ${limits.min} ${limits.max}`);
      const service = tasks[name];
      if (service) service.limits = limits;
    },
  };
  return { fleet: serviceFleet({ services, scaling: targets }), calls, tasks };
}

describe('the fleet', () => {
  it('is every service with its two sizes, without those that are none of the platform', async () => {
    const { fleet } = region({ web: { desired: 1 }, person: { desired: 5, tags: {} } });
    await expect(fleet.observe()).resolves.toEqual({
      services: [{ name: 'web', desired: 1, running: 1, serving: 3, standby: 1 }],
    });
  });

  it('leaves alone what is none of the platform', async () => {
    const { fleet, calls } = region({ person: { desired: 5, tags: {} } });
    await fleet.scaleUp();
    await fleet.scaleDown();
    expect(calls).toEqual([]);
  });
});

describe('scaling up', () => {
  it('raises the floor of the scaling before the number of tasks', async () => {
    const { fleet, calls } = region({ web: { desired: 1, limits: { min: 0, max: 10 } } });
    await fleet.scaleUp();
    expect(calls).toEqual(['web limits 2 10', 'web desired 3']);
  });

  it('also raises a service that was held at nothing until its image is there', async () => {
    const { fleet, tasks } = region({ web: { desired: 0, limits: { min: 0, max: 0 } } });
    await fleet.scaleUp();
    expect(tasks.web).toMatchObject({ desired: 3, limits: { min: 2, max: 10 } });
  });

  it('takes no task away, and makes no scaling where there was none', async () => {
    const { fleet, calls } = region({
      busy: { desired: 8, limits: { min: 4, max: 20 } },
      plain: { desired: 1 },
    });
    await fleet.scaleUp();
    expect(calls).toEqual(['plain desired 3']);
  });

  it('raises every other service when one fails, and then names that one', async () => {
    const { fleet, tasks } = region(
      {
        web: { desired: 0 },
        worker: { desired: 0 },
        broken: { desired: 0, tags: { [SERVING_TAG]: 'many' } },
      },
      ['web'],
    );
    await expect(fleet.scaleUp()).rejects.toThrow(
      'Scaling up failed for 2 of 3. web: Capacity is unavailable at this time. ' +
        `broken: The tag ${SERVING_TAG} of the service broken must be "<min> <desired> <max>", but is "many".`,
    );
    expect(tasks.worker?.desired).toBe(3);
  });

  it('raises the number of tasks though its limits cannot be raised', async () => {
    const { fleet, calls } = region({ web: { desired: 1, limits: { min: 0, max: 10 }, deaf: true } });
    await expect(fleet.scaleUp()).rejects.toThrow(
      'Scaling up failed for 1 of 1. web: Scaling is unavailable.',
    );
    expect(calls).toEqual(['web desired 3']);
  });

  it('does nothing the second time', async () => {
    const { fleet, calls } = region({ web: { desired: 1, limits: { min: 0, max: 10 } } });
    await fleet.scaleUp();
    const after = calls.length;
    await fleet.scaleUp();
    expect(calls).toHaveLength(after);
  });
});

describe('scaling down', () => {
  it('lowers the floor before the number of tasks, which the scaling would raise again', async () => {
    const { fleet, calls } = region({ web: { desired: 8, limits: { min: 2, max: 10 } } });
    await fleet.scaleDown();
    expect(calls).toEqual(['web limits 0 10', 'web desired 1']);
  });

  it('brings back a service that the other side has taken to no task, to its size for standing by', async () => {
    const { fleet, calls } = region({ web: { desired: 0, limits: { min: 0, max: 0 } } });
    await fleet.scaleDown();
    expect(calls).toEqual(['web limits 0 10', 'web desired 1']);
    await fleet.scaleDown();
    expect(calls).toHaveLength(2);
  });
});

describe('the size in a tag', () => {
  it('is read back as it is written, and anything else is none', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(999), fc.nat(999), (a, b, c) => {
        const [min = 0, desired = 0, max = 0] = [a, b, c].sort((x, y) => x - y);
        expect(parseSize(`${min} ${desired} ${max}`)).toEqual({ min, desired, max });
      }),
    );
    for (const wrong of [undefined, '', '1 2', '1 2 x', '3 2 4', '1 5 4', '1 2 3 4', ' 1 2 3']) {
      expect(parseSize(wrong)).toBeUndefined();
    }
  });
});

describe('a worker of a queue', () => {
  const tags = { [SERVING_TAG]: '10 10 50', [STANDBY_TAG]: '0 0 0' };

  it('starts with the lead, and may be scaled by its queue from then on', async () => {
    const { fleet, tasks } = region({ worker: { desired: 0, limits: { min: 0, max: 0 }, tags } });
    await fleet.scaleUp();
    expect(tasks.worker).toMatchObject({ desired: 10, limits: { min: 10, max: 50 } });
  });

  it('keeps what its queue has scaled it to when the lead is told once more', async () => {
    const { fleet, calls } = region({ worker: { desired: 34, limits: { min: 10, max: 50 }, tags } });
    await fleet.scaleUp();
    expect(calls).toEqual([]);
  });

  it('stops where the lead was lost, and messages that were left there start none of its tasks again', async () => {
    const { fleet, calls, tasks } = region({ worker: { desired: 34, limits: { min: 10, max: 50 }, tags } });
    await fleet.scaleDown();
    expect(tasks.worker).toMatchObject({ desired: 0, limits: { min: 0, max: 0 } });
    // The room first: the scaling would bring tasks back.
    expect(calls).toEqual(['worker limits 0 0', 'worker desired 0']);
  });
});
