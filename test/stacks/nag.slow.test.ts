import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SCENARIOS } from '../../lib/chaos/scenarios';
import { buildPlatform } from '../../lib/stacks/build-platform';
import { newApp, platform, variant } from '../support/synth';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

interface Checked {
  /** Plugins that reported, each with its conclusion. */
  readonly plugins: readonly string[];
  /** What nobody gave a reason for, as `rule at construct`. */
  readonly findings: readonly string[];
}

/** Synthesizes with cdk-nag, and reads what it reported. */
function checked(build: (app: App) => void): Checked {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-nag-'));
  try {
    const app = newApp(outdir);
    build(app);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch (error) {
      if (!String(error).includes('ValidationFailed') && !String(error).includes('Validation failed'))
        throw error;
    }
    const { pluginReports } = JSON.parse(
      readFileSync(join(outdir, 'validation-report.json'), 'utf8'),
    ) as Report;
    return {
      plugins: pluginReports.map(({ pluginName, conclusion }) => `${pluginName}: ${conclusion}`),
      findings: pluginReports.flatMap(({ violations }) =>
        violations.flatMap(({ ruleName, violatingConstructs }) =>
          violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
        ),
      ),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A bucket that cdk-nag must object to: it reports nothing at all about an app without findings. */
const addCanary = (app: App): void => void new Bucket(new Stack(app, 'Canary'), 'Open');
const ABOUT_THE_CANARY = {
  plugins: ['AwsSolutions: failure'],
  findings: ['AwsSolutions-S1 at Canary/Open/Resource', 'AwsSolutions-S10 at Canary/Open/Resource'],
};

describe('cdk-nag AwsSolutions', () => {
  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])(
    'finds an open bucket beside %s, and in the platform nothing that is not acknowledged with a reason',
    (name) => {
      const report = checked((app) => {
        buildPlatform(app, platform(name));
        addCanary(app);
      });
      expect(report).toEqual(ABOUT_THE_CANARY);
    },
  );

  it('finds nothing more where everything is switched on that a file may ask for', () => {
    let experiments = 0;
    const report = checked((app) => {
      buildPlatform(
        app,
        variant('ops-center', {
          backup: { vaultLock: true, archive: { mode: 'service', keepDays: 90 } },
          edge: { cdn: { paths: ['/assets/*'] } },
          chaos: true,
          services: { backend: { exec: true, container: { readOnlyRoot: false } } },
        }),
      );
      experiments = app.node.findAll().filter((one) => one instanceof CfnExperimentTemplate).length;
      addCanary(app);
    });
    expect(report).toEqual(ABOUT_THE_CANARY);
    expect(experiments).toBe(2 * SCENARIOS.length);
  });

  it('reports a role that may do everything to anything', () => {
    const { findings } = checked((app) => {
      const stack = new Stack(app, 'Scratch');
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    });
    expect(findings.map((one) => one.replace(/\[.*\]/, ''))).toContain(
      'AwsSolutions-IAM5 at Scratch/Role/DefaultPolicy/Resource',
    );
  });
});
