import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mornings, rulesFor } from '../../../bin/autoscaling/course';
import { formula } from '../../../bin/autoscaling/metric-math';
import { autoscalingPicture } from '../../../bin/autoscaling/picture';
import { type Action, secondsBetweenOpposites, simulate } from '../../../bin/autoscaling/simulate';
import { noiseOf, SPAN, TIMELINES } from '../../../bin/autoscaling/timelines';
import { platform, ROOT, SYSTEMS } from '../../support/synth';

const MINUTE = 60;
const FIVE_MINUTES = 300;
const SPIKE = 10 * 3600;
const all = mornings();
const titled = all.map(
  (morning) => [`${morning.timeline.platform} ${morning.timeline.service}`, morning] as const,
);
const at = (morning: (typeof all)[number], time: number) => {
  const found = morning.course.minutes.find((minute) => minute.time === time);
  if (!found) throw new Error(`There is no minute ${time}.`);
  return found;
};
const isOut = ({ from, to }: Action): boolean => to > from;

describe('the formulas of the alarms', () => {
  const values = new Map([
    ['cpu', 84],
    ['waiting', 900],
    ['taken', 100],
  ]);

  it.each([
    ['cpu/70', 1.2],
    ['MAX([cpu/70,memory/80])', 1.2],
    ['FILL(requests0,0)/24000', 0],
    ['(waiting+taken)/IF(FILL(tasks,0)<1,1,FILL(tasks,0))/50', 20],
    ['10-2*3', 4],
    ['IF(cpu>80,1,0)', 1],
  ])('are reckoned as CloudWatch does: %s', (text, expected) => {
    expect(formula(text)(values)).toBeCloseTo(expected);
  });

  it('have no value where a metric has none', () => {
    expect(formula('memory/80')(values)).toBeUndefined();
  });

  it.each(['SUM(cpu)', 'cpu/', '(cpu', 'cpu cpu', 'cpu ? 1'])(
    'are refused where they are not known: %s',
    (text) => {
      expect(() => formula(text)).toThrow(`The formula ${text} cannot be reckoned here`);
    },
  );
});

describe('the mornings', () => {
  it('are those of every service that is scaled, in all four systems', () => {
    const scaled = SYSTEMS.flatMap((name) =>
      platform(name)
        .services.filter(({ scaling }) => scaling)
        .map((service) => `${name} ${service.name}`),
    );
    expect(titled.map(([title]) => title).sort()).toEqual(scaled.sort());
  });

  it('are drawn as they are in the documents; if not, run npm run docs', () => {
    for (const [path, content] of Object.entries(autoscalingPicture()))
      expect(readFileSync(join(ROOT, path), 'utf8') === content).toBe(true);
  });
});

describe.each(titled)('%s', (_, morning) => {
  const { rules, course, timeline } = morning;

  it('keeps within the fewest and the most tasks of its file', () => {
    const outside = course.minutes.filter(({ desired }) => desired < rules.min || desired > rules.max);
    expect(outside).toEqual([]);
  });

  it('adds tasks within three minutes of a spike that takes two to rise, and can do all the work within ten', () => {
    const first = course.actions.find((action) => action.time > SPIKE && isOut(action));
    expect(first && first.time - SPIKE).toBeLessThanOrEqual(3 * MINUTE);
    const later = at(morning, SPIKE + 10 * MINUTE);
    expect(later.running * timeline.perTask).toBeGreaterThanOrEqual(later.arrivals);
  });

  it('takes tasks away again when it is calm, none before five minutes of calm', () => {
    const peak = Math.max(...course.minutes.map(({ desired }) => desired));
    expect(course.minutes.at(-1)?.desired).toBeLessThan(peak);
    const [before, after] = [course.actions.filter(isOut), course.actions.filter((action) => !isOut(action))];
    for (const { time } of after)
      for (const out of before) expect(Math.abs(time - out.time)).toBeGreaterThanOrEqual(FIVE_MINUTES);
  });

  it('leaves five minutes between opposite actions', () => {
    expect(secondsBetweenOpposites(course.actions).filter((seconds) => seconds < FIVE_MINUTES)).toEqual([]);
  });

  it('does not flap under noise, at any even load', () => {
    const span = { from: SPAN.from, to: SPAN.from + 4 * 3600 };
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.nat(), (share, seed) => {
        const noise = noiseOf(0.15, seed);
        const rate = share * rules.max * timeline.perTask;
        const load = { ...timeline, arrivals: (time: number) => rate * noise(time) };
        const short = secondsBetweenOpposites(simulate(rules, load, span).actions).filter(
          (seconds) => seconds < FIVE_MINUTES,
        );
        expect(short).toEqual([]);
      }),
      // The example flapped when a step down could leave a ratio of 0.96.
      { numRuns: 60, examples: [[0.29235539457779625, 1770541876]] },
    );
  });
});

describe('a queue that grows faster than its workers', () => {
  const worker = TIMELINES.find(({ service }) => service === 'worker');
  if (!worker) throw new Error('There is no worker.');
  const rules = rulesFor(worker);

  it('brings more workers within two minutes and all of prodstack within ten, and they do more than a hundred jobs a second', () => {
    const flood = { perTask: worker.perTask, waits: true, arrivals: () => 99 };
    const { minutes, actions } = simulate(rules, flood, { from: 0, to: 3600 });
    expect(actions[0]?.time).toBeLessThanOrEqual(2 * MINUTE);
    expect(minutes[10]?.running).toBe(50);
    expect(50 * worker.perTask).toBeGreaterThanOrEqual(100);
  });

  it('starts workers from none where the file allows none', () => {
    const resting = { ...rules, min: 0 };
    const { minutes } = simulate(
      resting,
      { perTask: 2, waits: true, arrivals: () => 5 },
      { from: 0, to: 900 },
    );
    expect(minutes[0]?.running).toBe(0);
    expect(minutes.at(-1)?.running).toBeGreaterThan(0);
  });
});
