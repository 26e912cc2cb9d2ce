import { join, resolve } from 'node:path';
import { loadPlatform } from '../../lib/config/load';
import { type Rules, rulesOf } from './rules';
import { type Course, simulate } from './simulate';
import { noiseOf, SPAN, TIMELINES, type Timeline, workloadOf } from './timelines';

const ROOT = resolve(__dirname, '../..');
/** Nothing arrives evenly. */
const NOISE = 0.05;
const SEED = 20_260_101;

/** A service with its rules, and its morning by them. */
export interface Morning {
  readonly timeline: Timeline;
  readonly rules: Rules;
  readonly course: Course;
}

/** @throws if a timeline is of a service that is not scaled */
export function rulesFor({ platform, service }: Timeline): Rules {
  const loaded = loadPlatform(join(ROOT, 'platforms', `${platform}.yaml`), { root: ROOT });
  const found = loaded.services.find(({ name }) => name === service);
  const rules = found && rulesOf(loaded, found);
  if (!rules) throw new Error(`${platform} has no service ${service} that is scaled.`);
  return rules;
}

/** @returns the same each time */
export const mornings = (): readonly Morning[] =>
  TIMELINES.map((timeline) => {
    const rules = rulesFor(timeline);
    return { timeline, rules, course: simulate(rules, workloadOf(timeline, noiseOf(NOISE, SEED)), SPAN) };
  });
