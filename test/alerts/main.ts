import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noSuch } from '../../lib/config/suggest';
import { CATALOGUE } from '../../lib/monitoring/alerts/catalogue';
import type { CheckContext } from './check';
import { CHECKS } from './checks';
import { everything } from './platform';
import { testNames } from './promtool';
import { renderInto } from './rendered';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * `npm run test:alerts`: holds the rules and routes of a platform that has everything against promtool, amtool and
 * tests that were written by hand. Arguments are names of test files without `.test.yaml`: only these are run then.
 * @returns the number of checks that found something
 */
async function main(only: readonly string[]): Promise<number> {
  const unknown = only.find((name) => !testNames().includes(name));
  if (unknown !== undefined) throw new Error(noSuch('test file', unknown, testNames()));
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-alerts-'));
  const platform = everything();
  try {
    renderInto(folder, platform);
    const failed = await failures({ platform, folder, only });
    say(failed === 0 ? `${CATALOGUE.length} alerts: all is well` : `${failed} checks failed`);
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function failures(context: CheckContext): Promise<number> {
  let failed = 0;
  for (const { name, run, ofFiles } of CHECKS) {
    if (context.only.length > 0 && !ofFiles) continue;
    const begun = performance.now();
    const problems = await run(context);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    say(`${problems.length === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)`);
    for (const problem of problems) say(problem);
    if (problems.length > 0) failed += 1;
  }
  return failed;
}

main(process.argv.slice(2)).then(
  (failed) => {
    process.exitCode = failed === 0 ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
