import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Platform } from '../../lib/config/platform';
import { type BuiltRegion, builtRegions } from '../../lib/cost/built';
import type { NamedStack } from '../../lib/diagram';
import { buildPlatform } from '../../lib/stacks/build-platform';

/**
 * What the stacks of a platform hold, as they would be deployed now.
 * @param root folder of the project
 */
export const synthesizedRegions = (platform: Platform, root: string): readonly BuiltRegion[] =>
  builtRegions(synthesizedStacks(platform, root));

/**
 * The stacks of a platform, as they would be deployed now.
 * @param root folder of the project
 */
export function synthesizedStacks(platform: Platform, root: string): readonly NamedStack[] {
  // aws-cdk-lib's own validation takes seconds; a deployment does it.
  process.env.CDK_VALIDATION ??= 'false';
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cost-'));
  try {
    const app = new App({ outdir: folder, context, analyticsReporting: false, treeMetadata: false });
    buildPlatform(app, platform);
    return app.synth().stacks.map(({ stackName, environment, template }) => ({
      name: stackName,
      region: environment.region,
      resources: template.Resources ?? {},
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
