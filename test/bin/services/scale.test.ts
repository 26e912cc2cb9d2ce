import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Manner } from '../../../bin/recover/telling';
import { planScale } from '../../../bin/services/scale/plan';
import { type ScaleRequest, scale } from '../../../bin/services/scale/run';
import { FakeClock } from '../../support/fake-clock';
import { HOME, moved, NOW, STANDBY, serving } from '../operate/records';
import { arn, demo, FakeServices, state, web } from './fakes';

async function run(world: FakeServices, request: Partial<ScaleRequest>, manner: Partial<Manner> = {}) {
  const clock = new FakeClock(NOW);
  const told: string[] = [];
  const all = { json: false, dryRun: false, clock, stop: new AbortController().signal, ...manner };
  const asked = {
    service: web,
    replicas: 5,
    min: undefined,
    max: undefined,
    role: undefined,
    file: 'demo.yaml',
    ...request,
  };
  const ended = await clock.run(scale(demo, asked, world, all, (sentence) => void told.push(sentence)));
  return { ...ended, told };
}

describe('scaling by hand', () => {
  it('raises the fewest with the number where the lead is, so that calm does not undo it', async () => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world, { replicas: 5 });
    expect(world.done).toEqual([`${HOME} web limits 5 6`, `${HOME} web desired 5`]);
    expect([outcome, sentences[0]]).toEqual(['done', '5 tasks of web run in us-east-1.']);
  });

  it('says how long it lasts, how to keep it and how to go back', async () => {
    const { sentences } = await run(new FakeServices(serving()), {});
    expect(sentences.slice(1)).toEqual([
      'It lasts until the lead moves, or a deployment changes services.web.replicas or replaces the service.',
      'To keep it, change services.web.replicas in demo.yaml.',
      'Back to the file: npx holdfast scale web --replicas 3 --min 2 --max 6',
    ]);
  });

  it('goes to the region that leads after a move, and elsewhere only by name', async () => {
    const world = new FakeServices(moved('PROTECTED'));
    await run(world, { replicas: 4 });
    expect(world.done[0]).toBe(`${STANDBY} web limits 4 6`);
    const other = new FakeServices(serving());
    const { sentences } = await run(other, { replicas: 2, role: 'standby' });
    expect(other.done).toEqual([`${STANDBY} web limits 2 6`, `${STANDBY} web desired 2`]);
    expect(sentences[1]).toContain('until this region takes the lead');
  });

  it.each([
    [
      { replicas: 0 },
      '--replicas 0 is outside of what the file keeps in service; allowed: 1 (services.web.replicas.available) to 6',
    ],
    [{ replicas: 7 }, '--replicas 7 is outside'],
    [{ replicas: 3, max: 9 }, '--max 9 is outside'],
    [{ replicas: 3, min: 4 }, '--replicas 3 is not between --min 4 and --max 6.'],
  ])('refuses %j, and changes nothing', async (request, sentence) => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world, request);
    expect([outcome, world.done]).toEqual(['refused', []]);
    expect(sentences[0]).toContain(sentence);
  });

  it('is refused while the platform is frozen, and where the service waits for its image', async () => {
    expect((await run(new FakeServices(serving({ frozen: true })), {})).outcome).toBe('refused');
    const waiting = new FakeServices(serving());
    waiting.limitsIn[HOME] = { min: 0, max: 0 };
    expect((await run(waiting, {})).sentences[0]).toContain('npx holdfast start web');
  });

  it('sets only the number of a service that its load does not scale', async () => {
    const world = new FakeServices(serving());
    world.limitsIn[HOME] = undefined;
    expect((await run(world, { replicas: 4, min: 2 })).sentences[0]).toContain('only --replicas can be set');
    await run(world, { replicas: 4 });
    expect(world.done).toEqual([`${HOME} web desired 4`]);
  });

  it('says what runs if the tasks do not come, and where to look', async () => {
    const world = new FakeServices(serving());
    Object.assign(world.services, {
      setDesired: async () => {
        world.states[HOME] = state(arn(HOME, 5), { desired: 5, running: 3 });
      },
    });
    const { outcome, sentences, told } = await run(world, { replicas: 5 });
    expect([outcome, told.length]).toEqual(['failed', 2]);
    expect(sentences[0]).toContain('3 of 5 tasks run in us-east-1 after 15 minutes');
  });

  it('changes nothing in a dry run', async () => {
    const world = new FakeServices(serving());
    const { outcome, sentences } = await run(world, {}, { dryRun: true });
    expect([outcome, world.done]).toEqual(['would', []]);
    expect(sentences[0]).toBe(
      'It would run 5 tasks of web in us-east-1 (now 3), and let its load scale it between 5 and 6.',
    );
  });
});

describe('the numbers of scaling by hand', () => {
  const number = fc.integer({ min: 0, max: 12 });
  const maybe = fc.option(number, { nil: undefined });
  it('never leave what the file keeps in service, whatever is asked for', () => {
    fc.assert(
      fc.property(
        number,
        maybe,
        maybe,
        fc.option(fc.record({ min: number, max: number }), { nil: undefined }),
        (replicas, min, max, present) => {
          const sizes = { min: 3, desired: 4, max: 8, available: 2 };
          const plan = planScale(
            { replicas, min, max },
            sizes,
            present && { min: present.min, max: Math.min(8, present.max) },
            'x',
          );
          if (!plan.ok) return;
          const limits = plan.limits ?? { min: plan.replicas, max: plan.replicas };
          expect(limits.min).toBeGreaterThanOrEqual(2);
          expect(limits.max).toBeLessThanOrEqual(8);
          expect(plan.replicas).toBeGreaterThanOrEqual(limits.min);
          expect(plan.replicas).toBeLessThanOrEqual(limits.max);
        },
      ),
    );
  });
});
