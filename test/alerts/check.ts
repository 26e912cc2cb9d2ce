import type { Platform } from '../../lib/config/platform';

/** What a check may look at. */
export interface CheckContext {
  /** Has every part that an alert can be about. */
  readonly platform: Platform;
  /** Temporary, with the rendered rules: `<role>/<group>.yaml`. */
  readonly folder: string;
  /** Names of test files without `.test.yaml`; empty means all. */
  readonly only: readonly string[];
}

/** One thing that `npm run test:alerts` holds. */
export interface Check {
  /** What is held, as a sentence. */
  readonly name: string;
  /** Whether it looks at test files, and so runs where some are named. */
  readonly ofFiles: boolean;
  /** @returns what is wrong, one text each */
  readonly run: (context: CheckContext) => Promise<readonly string[]>;
}
