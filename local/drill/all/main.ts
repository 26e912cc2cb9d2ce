import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { begin, ROOT, runDrill, stoppedBy } from '../child';
import { ALL_USAGE, readAllOptions } from './options';
import { allPassed, type Outcome, type Played, summary } from './summary';

/** Drills one platform after the other, each in a process of its own, and says at the end how each of them did. */

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { drills, folder, help } = readAllOptions(process.argv.slice(2), {
    env: process.env,
    cwd: process.cwd(),
    root: ROOT,
  });
  if (help) {
    say(ALL_USAGE);
    return 0;
  }
  mkdirSync(folder, { recursive: true });
  const played: Played[] = [];
  for (const [i, drill] of drills.entries()) {
    say(`\n${i + 1} of ${drills.length}: ${drill.name}`);
    // What an earlier run left must not stand for this one.
    for (const { json } of drill.reports) rmSync(json, { force: true });
    // Whether it passed is in its report.
    await runDrill(drill.args);
    const stopped = stoppedBy();
    if (stopped !== undefined) return stopped;
    played.push(...drill.reports.map(({ scenario, json }) => read(drill.name, scenario, json)));
  }
  say(`\n${summary(played)}\nReports: ${folder}`);
  return allPassed(played) ? 0 : 1;
}

function read(platform: string, scenario: string, json: string): Played {
  if (!existsSync(json)) return { platform, scenario };
  return { platform, scenario, report: JSON.parse(readFileSync(json, 'utf8')) as Outcome };
}

begin(main, ALL_USAGE);
