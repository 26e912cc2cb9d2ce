import { execFile } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckContext } from './check';
import { ALERT_TESTS } from './platform';

const run = promisify(execFile);

/** A program that the checks need is not on the PATH. */
export class NoTool extends Error {
  override readonly name = 'NoTool';
  /** @param packages Debian packages that have it */
  constructor(tool: string, packages: readonly string[]) {
    super(
      `${tool} is not on the PATH; Debian has it: apt-get install --no-install-recommends ${packages.join(' ')}.`,
    );
  }
}

const TEST = '.test.yaml';

/** Names of the files of promtool tests, without `.test.yaml`. */
export const testNames = (): readonly string[] =>
  readdirSync(ALERT_TESTS)
    .filter((file) => file.endsWith(TEST))
    .map((file) => basename(file, TEST))
    .sort();

/** Whether the rules are ones that Prometheus would load; duplicates are problems, too. */
export async function checkRules({ folder }: CheckContext): Promise<readonly string[]> {
  const files = readdirSync(folder).filter((file) => file.startsWith('namespace-'));
  const found = await Promise.all(
    files.map((file) => promtool(folder, ['check', 'rules', '--lint=all', '--lint-fatal', file])),
  );
  return found.flat();
}

/** Runs the promtool tests against the rendered rules; promtool looks for rules beside the test file. */
export async function testRules({ folder, only }: CheckContext): Promise<readonly string[]> {
  const left = testNames().filter((one) => only.length === 0 || only.includes(one));
  const problems: string[] = [];
  const work = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      copyFileSync(join(ALERT_TESTS, `${name}${TEST}`), join(folder, `${name}${TEST}`));
      problems.push(...(await promtool(folder, ['test', 'rules', `${name}${TEST}`])));
    }
  };
  // Each file keeps one core busy.
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return problems;
}

async function promtool(folder: string, args: readonly string[]): Promise<readonly string[]> {
  try {
    await run('promtool', [...args], { cwd: folder, maxBuffer: 64 * 2 ** 20 });
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') throw new NoTool('promtool', ['prometheus']);
    const said = [error.message];
    if ('stdout' in error) said.push(String(error.stdout));
    return [said.join('\n').trim()];
  }
}
