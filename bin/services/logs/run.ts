import type { Clock } from '../../../lambda/runtime/clock';
import type { Platform, Role } from '../../../lib/config/platform';
import type { Terminal } from '../../commands/terminal';
import { answerOf } from '../../operate/failures';
import { byTime, type LogLines, type LogQuery, Newness, type Placed } from './lines';
import { renderLine } from './render';
import type { LogSource } from './source';

/** How often a followed log is read, and how much later than its successors a line may become visible. */
const LOOK_MS = 2_000;
const LATE_MS = 30_000;

export interface LogsRequest {
  readonly source: LogSource;
  readonly roles: readonly Role[];
  readonly sinceMs: number;
  readonly text: string | undefined;
  /** Id of a task, or its beginning; undefined: all. */
  readonly task: string | undefined;
  readonly follows: boolean;
}

export interface LogsManner {
  readonly json: boolean;
  readonly clock: Clock;
  /** Ends the following. */
  readonly stop: AbortSignal;
}

/** @returns whether every region could be read to the end */
export async function showLogs(
  platform: Platform,
  request: LogsRequest,
  ports: LogLines,
  terminal: Terminal,
  { json, clock, stop }: LogsManner,
): Promise<boolean> {
  const sources = request.roles.map((role) => sourceOf(platform, request, role, ports, terminal, clock));
  const show = (lines: readonly Placed[]): void => {
    for (const line of lines)
      terminal.out(renderLine(line, { json, manyRegions: sources.length > 1 }, terminal));
  };
  for (;;) {
    const looks = await Promise.all(sources.map((source) => source()));
    show(looks.flatMap(({ lines }) => lines).sort(byTime));
    if (!request.follows || stop.aborted) return looks.every(({ isRead }) => isRead);
    try {
      await clock.sleep(LOOK_MS, stop);
    } catch (error) {
      if (stop.aborted) return true;
      throw error;
    }
  }
}

interface Look {
  readonly isRead: boolean;
  readonly lines: readonly Placed[];
}

/** Reads what is new in one region at each call; why it cannot is said once for each reason. */
function sourceOf(
  platform: Platform,
  { source, sinceMs, text, task = '' }: LogsRequest,
  role: Role,
  ports: LogLines,
  { err }: Pick<Terminal, 'err'>,
  clock: Clock,
): () => Promise<Look> {
  const region = platform.regions[role].name;
  const newness = new Newness(sinceMs, LATE_MS);
  let mute = '';
  const complain = (sentence: string): Look => {
    if (sentence !== mute) err(`${region}: ${sentence}\n`);
    mute = sentence;
    return { isRead: false, lines: [] };
  };
  return async () => {
    const query: LogQuery = { sinceMs: newness.from, text, streams: source.streams(task) };
    const answer = await answerOf(ports.read(region, source.group, query));
    if (!answer.known) return complain(answer.sentence);
    if (!answer.value)
      return complain(
        `there is no log ${source.group}: is ${source.name} deployed here? npx holdfast check tells.`,
      );
    mute = '';
    return {
      isRead: true,
      lines: newness.take(answer.value, clock.now()).map((line) => ({ ...line, region })),
    };
  };
}
