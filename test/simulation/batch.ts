import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Bug, runHistory } from './history/run';
import { scriptOf } from './history/script';
import { emptyTally, merge, note, type Tally } from './tally';

/** Seeds that follow each other. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** Runs the histories of a range in this process. @param ran told after each */
export async function runRange(
  { first, count }: Range,
  ran: (tally: Tally) => void,
  bug: Bug = {},
): Promise<Tally> {
  const tally = emptyTally();
  for (let seed = first; seed < first + count; seed += 1) {
    const before = process.cpuUsage();
    const script = scriptOf(seed);
    const outcome = await runHistory(script, bug);
    const { user, system } = process.cpuUsage(before);
    note(tally, seed, script.theme, outcome, (user + system) / 1000);
    ran(tally);
  }
  return tally;
}

/** What a process tells the one that started it. */
export type Message = { readonly ran: number } | { readonly tally: Tally };

/** Splits a range over several processes of `program`, which is told its part by `--part <first>:<count>`. */
export async function runParts(
  program: string,
  { first, count }: Range,
  jobs: number,
  ran: (histories: number) => void,
): Promise<Tally> {
  const total = emptyTally();
  const size = Math.ceil(count / jobs);
  const parts = Array.from({ length: jobs }, (_, index) => ({
    first: first + index * size,
    count: Math.max(0, Math.min(size, count - index * size)),
  }));
  const done = parts.map(() => 0);
  await Promise.all(
    parts.map(async (part, index) => {
      const child = fork(program, ['--part', `${part.first}:${part.count}`]);
      merge(
        total,
        await tallyOf(child, (histories) => {
          done[index] = histories;
          ran(done.reduce((sum, one) => sum + one, 0));
        }),
      );
    }),
  );
  return total;
}

/** @throws {Error} if the process ends without a tally */
async function tallyOf(child: ChildProcess, ran: (histories: number) => void): Promise<Tally> {
  let tally: Tally | undefined;
  child.on('message', (message: Message) => {
    if ('tally' in message) tally = message.tally;
    else ran(message.ran);
  });
  const [code] = await once(child, 'exit');
  if (!tally) throw new Error(`A process of the simulation ended with code ${code} and no result.`);
  return tally;
}
