import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Platform } from '../../lib/config/platform';
import { buildPlatform } from '../../lib/stacks/build-platform';
import { newApp, platform } from '../support/synth';

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Findings of cdk-nag that nobody gave a reason for, as `rule at construct`. */
function findings(target: Platform): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-nag-'));
  try {
    const app = newApp(outdir);
    buildPlatform(app, target);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch (error) {
      if (!String(error).includes('ValidationFailed') && !String(error).includes('Validation failed'))
        throw error;
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    return report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe('cdk-nag AwsSolutions', () => {
  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'finds nothing in %s that is not acknowledged with a reason',
    (name) => {
      expect(findings(platform(name))).toEqual([]);
    },
  );
});
