import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Range, runParts, runRange } from './batch';
import { scriptOf } from './history/script';
import { shrink } from './history/shrink';
import { tell } from './history/story';
import { render, reportOf } from './report';
import type { Found, Tally } from './tally';
import { simulateYear } from './year/main';

const USAGE = `npm run simulate -- [--seeds N] [--seed S] [--json F] [--jobs J] [--story] | --year

Runs the real agents, the real leadership library and the real endpoint on a simulated world, one history a seed, and
checks the invariants after every step.

  --seeds N   how many histories; default 200
  --seed S    the first seed; default 1
  --json F    writes the report to a file
  --jobs J    how many processes; default 1
  --story     tells what happens in the history of the first seed, and nothing else
  --year      a year with lost starts of the agents: needless takeovers and cost for each length of a run`;

/** Of several violations so many are told as a story. */
const STORIES_MAX = 3;
/** A child tells of its progress after so many histories. */
const PROGRESS = 50;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    story: { type: 'boolean', default: false },
    year: { type: 'boolean', default: false },
    part: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** @throws {RangeError} unless the option is a whole number of at least 1 */
function wholeNumber(name: 'seeds' | 'seed' | 'jobs'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new RangeError(`--${name} must be a whole number of at least 1, but is ${values[name]}.`);
}

/** As a part of another process's run. */
async function runPart(part: string): Promise<void> {
  const [first = 1, count = 0] = part.split(':').map(Number);
  const tally = await runRange({ first, count }, ({ seeds }) => {
    if (seeds % PROGRESS === 0) process.send?.({ ran: seeds });
  });
  process.send?.({ tally });
}

async function run(range: Range, jobs: number): Promise<Tally> {
  const progress = (histories: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${histories} of ${range.count} histories`);
  };
  const tally =
    jobs === 1
      ? await runRange(range, ({ seeds }) => progress(seeds))
      : await runParts(__filename, range, jobs, progress);
  if (process.stderr.isTTY) process.stderr.write('\n');
  return tally;
}

async function tellOf({ seed, rule, sentence }: Found): Promise<void> {
  console.log(`\nSeed ${seed} breaks rule ${rule}: ${sentence}\nThe shortest story of it that was found:\n`);
  const shortest = await shrink(scriptOf(seed), rule);
  for (const line of await tell(shortest)) console.log(line);
}

/** @returns the exit code */
async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.part !== undefined) {
    await runPart(values.part);
    return 0;
  }
  if (values.year) return simulateYear(values.json);
  const first = wholeNumber('seed');
  if (values.story) {
    for (const line of await tell(scriptOf(first))) console.log(line);
    return 0;
  }
  const tally = await run({ first, count: wholeNumber('seeds') }, wholeNumber('jobs'));
  const report = reportOf(first, tally);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(render(report));
  for (const found of report.violations.slice(0, STORIES_MAX)) await tellOf(found);
  return report.violations.length > 0 ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 2;
  },
);
