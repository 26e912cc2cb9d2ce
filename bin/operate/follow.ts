import type { LeadershipRecord } from '../../lambda/leader/record';
import type { Clock } from '../../lambda/runtime/clock';
import type { Platform } from '../../lib/config/platform';
import { answerOf } from './failures';
import { type Goal, progress } from './plan';
import type { OperatorPorts } from './ports';

/** How often the record and the agents' logs are read. */
const LOOK_MS = 5_000;
/** How long an operation may take, in seconds, before its outcome counts as unknown here. It goes on all the same. */
const LIMIT_SECONDS: Readonly<Record<Goal['kind'], number>> = {
  switchover: 30 * 60,
  force: 60 * 60,
  failback: 12 * 60 * 60,
};
/** A line may reach CloudWatch later than one that was written after it. */
const LATE_MS = 60_000;

/** What happened, and how long after the beginning of the wait. */
export interface Event {
  readonly seconds: number;
  readonly sentence: string;
}

/** How a wait ended. `unknown`: the operation goes on, or nobody can say. */
export interface Ending {
  readonly outcome: 'done' | 'failed' | 'unknown';
  readonly sentence: string;
}

/**
 * Follows an operation until it has ended, printing each change of the record and each new sentence of the agents.
 * @param from record with which the wait begins
 * @param tell gets each event once
 * @param stop ends the wait, never the operation
 */
export async function follow(
  platform: Platform,
  goal: Goal,
  from: LeadershipRecord,
  ports: OperatorPorts,
  {
    clock,
    tell,
    stop,
  }: { readonly clock: Clock; readonly tell: (event: Event) => void; readonly stop: AbortSignal },
): Promise<Ending> {
  const startMs = clock.now();
  const say = (sentence: string): void =>
    tell({ seconds: Math.round((clock.now() - startMs) / 1000), sentence });
  const hear = listener(platform, ports, startMs, say);
  let record = from;
  let mute = '';
  for (;;) {
    const found = progress(goal, record);
    if (found.ended) {
      return { outcome: found.reached ? 'done' : 'failed', sentence: found.sentence };
    }
    if (clock.now() - startMs >= LIMIT_SECONDS[goal.kind] * 1000)
      return stillUnderWay(goal, record, 'It takes long');
    if (!(await pause(clock, stop))) return stillUnderWay(goal, record, 'The wait was ended');
    await hear();
    const read = await answerOf(ports.leadership.read());
    if (read.known && read.value) {
      if (changed(record, read.value)) say(described(read.value));
      record = read.value;
      mute = '';
    } else {
      const sentence = read.known ? 'The leadership table holds no record.' : read.sentence;
      if (sentence !== mute) say(sentence);
      mute = sentence;
    }
  }
}

const changed = (a: LeadershipRecord, b: LeadershipRecord): boolean =>
  a.state !== b.state || a.holder !== b.holder || a.epoch !== b.epoch || a.frozen !== b.frozen;

const described = ({ state, holder, epoch, frozen }: LeadershipRecord): string =>
  `${state}: ${holder}, epoch ${epoch}${frozen ? ', frozen' : ''}`;

const stillUnderWay = (goal: Goal, { state }: LeadershipRecord, why: string): Ending => ({
  outcome: 'unknown',
  sentence: `${why}; the ${goal.kind === 'force' ? 'takeover' : goal.kind} goes on (${state}). Say the same command again to go on waiting.`,
});

/** @returns false if the wait was ended */
async function pause(clock: Clock, stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return false;
  try {
    await clock.sleep(LOOK_MS, stop);
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}

/** Tells what the agents of both regions say, each sentence once in a row. */
function listener(
  platform: Platform,
  { agentLog }: OperatorPorts,
  startMs: number,
  say: (sentence: string) => void,
): () => Promise<void> {
  const regions = [platform.regions.home.name, platform.regions.standby.name];
  const last = new Map<string, { readonly atMs: number; readonly sentence: string }>();
  const hear = async (region: string): Promise<void> => {
    const before = last.get(region) ?? { atMs: startMs, sentence: '' };
    const heard = await answerOf(agentLog.turns(region, Math.max(startMs, before.atMs - LATE_MS)));
    const turns = heard.known
      ? heard.value.filter(({ atMs }) => atMs > before.atMs)
      : [{ atMs: before.atMs, sentence: `its agent cannot be seen: ${heard.sentence}` }];
    for (const { atMs, sentence } of turns) {
      if (sentence !== last.get(region)?.sentence) say(`${region}: ${sentence}`);
      last.set(region, { atMs, sentence });
    }
  };
  return async () => void (await Promise.all(regions.map(hear)));
}
