import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { begin, ROOT, runDrill, stoppedBy } from '../child';
import { AGAIN_USAGE, type PlannedRun, readAgainOptions } from './options';
import { portsOf, processesNow, Tree } from './processes';
import { compare, filesLeft, type LeftOver, type Outcome, type Run, summary } from './summary';

/** Runs the same drill again and again, compares how it ended, and looks at what it left. */

/** Between two looks at the processes. */
const LOOK_MS = 2_000;
/** A process that was told to end may take a moment for it. */
const END_MS = 2_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const around = { env: process.env, cwd: process.cwd(), root: ROOT };
  const { runs: planned, folder, help } = readAgainOptions(process.argv.slice(2), around);
  if (help) {
    say(AGAIN_USAGE);
    return 0;
  }
  mkdirSync(folder, { recursive: true });
  const runs: Run[] = [];
  for (const plan of planned) {
    say(`\n${plan.number} of ${planned.length}`);
    runs.push(await runOnce(plan));
    const stopped = stoppedBy();
    if (stopped !== undefined) return stopped;
    const { problems } = compare(runs);
    say(problems.length === 0 ? 'So far all ended the same and left nothing.' : problems.join('\n'));
  }
  const found = compare(runs);
  const file = join(folder, 'again.json');
  writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
  say(`\n${summary(found)}\nReports: ${folder}\nJSON: ${file}`);
  return found.verdict === 'passed' ? 0 : 1;
}

/** Everything temporary is below a folder of its own, so that what is left there is the drill's. */
async function runOnce({ number, args, reports }: PlannedRun): Promise<Run> {
  // What an earlier run left must not stand for this one.
  for (const { json } of reports) rmSync(json, { force: true });
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-again-'));
  // The databases run as another user if this process is root.
  chmodSync(scratch, 0o755);
  try {
    const begun = performance.now();
    const { exitStatus, tree } = await run(args, scratch);
    const seconds = (performance.now() - begun) / 1000;
    const outcomes = reports.flatMap(({ json }) =>
      existsSync(json) ? [JSON.parse(readFileSync(json, 'utf8')) as Outcome] : [],
    );
    const picked = outcomes.map(({ scenario, verdict, expectations }) => ({
      scenario,
      verdict,
      expectations,
    }));
    return { number, exitStatus, seconds, outcomes: picked, left: await leftBy(tree, scratch) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function run(
  args: readonly string[],
  scratch: string,
): Promise<{ readonly exitStatus: number; readonly tree: Tree }> {
  let tree = new Tree(-1);
  const timer = setInterval(() => tree.look(processesNow()), LOOK_MS);
  try {
    const exitStatus = await runDrill(args, { TMPDIR: scratch }, (pid) => {
      tree = new Tree(pid);
    });
    return { exitStatus, tree };
  } finally {
    clearInterval(timer);
  }
}

async function leftBy(tree: Tree, scratch: string): Promise<LeftOver> {
  await wait(END_MS);
  const left = tree.left(processesNow());
  return {
    processes: left.map(({ pid, command }) => `${pid} ${command}`),
    ports: portsOf(left),
    files: filesLeft(readdirSync(scratch)),
  };
}

begin(main, AGAIN_USAGE);
