import type { Clock } from '../../lambda/runtime/clock';
import type { Expectation } from '../../lib/drill/model';
import type { Terminal } from '../commands/terminal';
import { operate, type Result } from '../operate/operation';
import type { Request } from '../operate/plan';
import type { Leadership } from '../operate/ports';
import { Interrupted } from '../recover/telling';
import { type Context, lasted, type PartEnd, type Place } from './context';
import { reasonOf } from './failures';

/**
 * A planned switchover and back, with the operations that an operator has. A region that was left must be rebuilt before it can
 * lead again, so there are four of them; at the end all is as it was, but for the old databases that are kept aside.
 */

const WHO = 'switchover';
const LANE = 'Who leads';

/** Who asks, and what makes the ids of the operations. */
export interface Asked {
  /** For the record. */
  readonly sentence: string;
  readonly id: () => string;
}

interface Move {
  readonly command: 'switchover' | 'failback';
  /** That is to lead, or to be rebuilt. */
  readonly region: string;
}

/** @returns the operations in their order */
export const movesOf = ({ leader, standby }: Place): readonly Move[] => [
  { command: 'switchover', region: standby },
  { command: 'failback', region: leader },
  { command: 'switchover', region: leader },
  { command: 'failback', region: standby },
];

/** @throws Interrupted if the wait was ended; what was begun goes on */
export async function moveAndBack(context: Context, place: Place, asked: Asked): Promise<PartEnd> {
  const { course, platform } = context;
  const gaps: number[] = [];
  course.state(LANE, { kind: 'home', words: place.leader });
  for (const move of movesOf(place)) {
    const why = await failureOf(context, move, asked, gaps);
    if (why !== undefined) return stuck(context, `${move.command} (${move.region})`, why, gaps);
    if (move.command === 'switchover') {
      const kind = move.region === place.leader ? 'home' : 'standby';
      course.state(LANE, { kind, words: move.region });
    }
  }
  course.end(LANE);
  const { rtoSeconds } = platform.objectives;
  return { expectations: [back(place), paused(gaps, rtoSeconds)], figures: { gapSeconds: gaps } };
}

/** @returns why a move did not end well; undefined if it did */
async function failureOf(
  context: Context,
  { command, region }: Move,
  asked: Asked,
  gaps: number[],
): Promise<string | undefined> {
  const { course, ports, manner } = context;
  course.note(WHO, `${command} (${region})`);
  const gap = gapOf(ports.operator.leadership, manner.clock);
  const to = command === 'switchover' ? { to: region } : {};
  const request: Request = { command, ...to, id: asked.id(), sentence: asked.sentence };
  try {
    const { outcome, sentence } = await operated(context, gap.leadership, request);
    course.note(WHO, sentence);
    const seconds = gap.seconds();
    if (seconds !== undefined) gaps.push(seconds);
    if (outcome === 'unknown') throw new Interrupted(sentence);
    return outcome === 'done' ? undefined : sentence;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return reasonOf(error);
  }
}

const back = ({ leader, standby }: Place): Expectation => ({
  name: MOVED,
  held: true,
  found: `${standby} led, ${leader} leads again, and the platform is protected`,
});
const MOVED = 'The lead moved to the other region and back';

const paused = (gaps: readonly number[], objective: number): Expectation => ({
  name: 'In each switchover writes paused for less than the objective',
  held: gaps.length > 0 && gaps.every((gap) => gap <= objective),
  found: `nobody took writes for at most ${gaps.map(lasted).join(' and ')}; the objective is ${objective} s`,
});

function stuck({ course }: Context, step: string, why: string, gaps: readonly number[]): PartEnd {
  course.end(LANE);
  const found = `${step}: ${why.replace(/\.$/, '')}. See: npx holdfast status`;
  return {
    expectations: [{ name: MOVED, held: false, found }],
    figures: gaps.length > 0 ? { gapSeconds: gaps } : {},
    stop: found,
  };
}

function operated(
  { platform, ports, manner, course }: Context,
  leadership: Leadership,
  request: Request,
): Promise<Result> {
  return operate(platform, request, { ...ports.operator, leadership }, MUTE, {
    json: true,
    dryRun: false,
    waits: true,
    agreed: true,
    clock: manner.clock,
    stop: manner.stop,
    told: ({ sentence }) => course.note(WHO, sentence),
  });
}

/** What the operation prints is told by its events. */
const MUTE: Terminal = {
  root: '',
  environment: {},
  out: () => {},
  err: () => {},
  columns: undefined,
  colors: false,
  showsProgress: false,
};

/** From the moment at which a holder was told to stop until one was seen to serve: nobody took writes for that long at most. */
export function gapOf(inner: Leadership, clock: Clock) {
  let beganMs: number | undefined;
  let endedMs: number | undefined;
  const leadership: Leadership = {
    async read() {
      const record = await inner.read();
      const serves = record?.state === 'SERVING' || record?.state === 'PROTECTED';
      if (beganMs !== undefined && serves) endedMs ??= clock.monotonic();
      return record;
    },
    readIn: (region) => inner.readIn(region),
    async replace(current, next) {
      const nowMs = clock.monotonic();
      const replaced = await inner.replace(current, next);
      if (replaced.written && next.state === 'DRAINING') beganMs = nowMs;
      return replaced;
    },
  };
  const seconds = (): number | undefined =>
    beganMs === undefined || endedMs === undefined ? undefined : (endedMs - beganMs) / 1000;
  return { leadership, seconds };
}
