import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadPlatform } from '../lib/config/load';
import { describeObjectives } from '../lib/config/objectives';
import { PlatformFileError } from '../lib/config/problem';
import { describeTimings } from '../lib/config/timings';
import { AlertManagerLimitError } from '../lib/monitoring/routing/limits';
import { AlertsError } from '../lib/monitoring/routing/thresholds';
import { RuleLimitError } from '../lib/monitoring/rules/limits';
import { buildPlatform } from '../lib/stacks/build-platform';
import { chooseFirst } from './choose-first';
import { choosePlatform } from './choose-platform';

const ROOT = resolve(__dirname, '..');
/** What is wrong with a platform file: a sentence helps, a stack of calls does not. */
const TOLD = [PlatformFileError, AlertsError, RuleLimitError, AlertManagerLimitError];

/**
 * The CDK app. Under the CDK's command line it tells where each construct was made and aws-cdk-lib validates the
 * templates; both cost seconds. Run by itself (a benchmark, an editor) it only writes the templates, the same bytes.
 */
function main(): void {
  const underTheCli = process.env.CDK_OUTDIR !== undefined;
  if (!underTheCli) process.env.CDK_VALIDATION ??= 'false';
  const flags = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = new App({
    context: {
      ...flags.context,
      'aws:cdk:disable-creation-stack-traces': !underTheCli,
      'aws:cdk:disable-logicalId-metadata': !underTheCli,
    },
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: underTheCli,
  });
  const chosen = choosePlatform(ROOT, app.node.tryGetContext('platform'), process.env.HOLDFAST_PLATFORM);
  const platform = loadPlatform(chosen, { root: ROOT });
  buildPlatform(app, platform, chooseFirst(app.node.tryGetContext('first')));
  app.synth();
  for (const line of [...platform.notes, ...describeTimings(platform), ...describeObjectives(platform)])
    process.stderr.write(`${platform.name}: ${line}\n`);
}

try {
  main();
} catch (error) {
  if (!TOLD.some((kind) => error instanceof kind)) throw error;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
