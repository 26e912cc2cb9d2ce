import { writeFileSync } from 'node:fs';
import { runYear, type YearResult } from './run';

const EVERY_SECONDS = 60;
/** Candidates for the longest time of a run, in seconds. */
const TIMEOUTS = [60, 120, 140, 160, 180];

/**
 * Simulates a year for each candidate and says which is the cheapest that has no needless takeover and no lapse, and
 * leaves the standby ready at any time.
 * @param json file for the results
 * @returns the exit code
 */
export async function simulateYear(json: string | undefined): Promise<number> {
  const results: YearResult[] = [];
  for (const timeoutSeconds of TIMEOUTS) {
    const result = await runYear({ everySeconds: EVERY_SECONDS, timeoutSeconds }, (share) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${timeoutSeconds} s: ${Math.round(share * 100)} %`);
    });
    results.push(result);
    console.log(line(result));
  }
  const cheapest = results
    .filter(({ needlessTakeovers, alwaysReady }) => needlessTakeovers === 0 && alwaysReady)
    .sort((a, b) => a.lapses - b.lapses || a.usdAMonth - b.usdAMonth)[0];
  if (cheapest) {
    console.log(
      `Cheapest without a needless takeover, with the fewest lapses and always ready: runs of ${cheapest.timeoutSeconds} s, started every ${EVERY_SECONDS} s, ${cheapest.runsAtOnce} at once.\n${cheapest.reckoning} a month.`,
    );
  }
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ results, cheapest: cheapest ?? null }, null, 2)}\n`);
  return cheapest ? 0 : 1;
}

const line = (one: YearResult): string =>
  `Runs of ${one.timeoutSeconds} s (${one.runsAtOnce} at once): ${one.needlessTakeovers} needless takeovers and ${one.lapses} lapses of the lease (longest ${one.longestLapseSeconds} s) with ${one.lostStarts} lost starts; ${one.threeInARow.takeovers} needless takeovers in ${one.threeInARow.runs} times three lost in a row; ${one.alwaysReady ? 'a run is always ready to take over' : 'no run lasts long enough to take over at any time'}; ${one.usdAMonth} USD a month.`;
