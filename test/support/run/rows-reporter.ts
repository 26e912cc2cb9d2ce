import { relative, resolve } from 'node:path';
import { readRows, reported, titlesOf } from '../../systems/rows';

/** What of Jest's results is read here. */
interface Results {
  readonly testResults: readonly {
    readonly testFilePath: string;
    readonly testResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Of the run: what it was asked for. */
interface Asked {
  readonly testNamePattern?: string;
  readonly onlyFailures?: boolean;
  readonly testPathPatterns?: { readonly patterns: readonly string[] };
}

const ROOT = resolve(__dirname, '../../..');

/**
 * Holds `docs/systems.md` to what has just been shown: each title that a row names must be that of a test which passed in
 * this run. Of a test in a file that this run does not hold, the run that holds it speaks; a run that was asked for some
 * tests only says nothing.
 */
export default class RowsReporter {
  private error: Error | undefined;

  constructor(private readonly asked: Asked) {}

  onRunComplete(_contexts: unknown, results: Results): void {
    if (!isWhole(this.asked)) return;
    const missing = notShown(results);
    if (missing.length === 0) return;
    this.error = new Error(`docs/systems.md names tests that did not pass:\n${missing.join('\n')}`);
    console.error(this.error.message);
  }

  /** Jest fails the run on it. */
  getLastError(): Error | undefined {
    return this.error;
  }
}

const isWhole = ({ testNamePattern, onlyFailures, testPathPatterns }: Asked): boolean =>
  !testNamePattern && !onlyFailures && (testPathPatterns?.patterns.length ?? 0) === 0;

/** @returns a sentence for each title of a row that a file of this run has, and of which no test passed */
export function notShown({ testResults }: Results): string[] {
  const inThisRun = new Set(testResults.flatMap((file) => titlesOf(relative(ROOT, file.testFilePath))));
  const passed = testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === 'passed')
    .map(({ title }) => title);
  return readRows().flatMap(({ system, required, titles }) =>
    titles
      .filter((title) => inThisRun.has(title) && !passed.some((one) => reported(title).test(one)))
      .map((title) => `${system}, ${required}: "${title}"`),
  );
}
