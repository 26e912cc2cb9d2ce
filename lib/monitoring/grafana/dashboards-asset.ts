import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetHashType, AssetStaging, FileAssetPackaging, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Dashboards } from '../../../lambda/grafana-setup/contract';
import type { Platform } from '../../config/platform';
import { grafanaDashboards } from '../dashboards/grafana';
import { readRunbook } from '../dashboards/runbook';

const OUTPUT = resolve(__dirname, '../../..', '.build', 'grafana');

/** A file in the bucket of the CDK's assets. */
export interface AssetFile {
  readonly bucket: string;
  readonly key: string;
}

/**
 * The dashboards of a platform as a file in S3: they are too large for the properties of a custom resource, and no part of
 * the function, which is the same for all platforms. The key follows from the content, so a change is an update.
 */
export function dashboardsAsset(scope: Construct, platform: Platform): AssetFile {
  const content: Dashboards = {
    dashboards: grafanaDashboards(platform, readRunbook()).map((dashboard) => ({ ...dashboard })),
  };
  const text = JSON.stringify(content);
  const hash = createHash('sha256').update(text).digest('hex');
  const stack = Stack.of(scope);
  const staging = new AssetStaging(scope, 'File', {
    sourcePath: kept(hash, text),
    assetHashType: AssetHashType.CUSTOM,
    assetHash: hash,
  });
  const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
    fileName: staging.relativeStagedPath(stack),
    packaging: FileAssetPackaging.FILE,
    sourceHash: staging.assetHash,
    displayName: `${platform.name}: dashboards`,
  });
  return { bucket: bucketName, key: objectKey };
}

/** Written beside and renamed, so that two processes at once leave no half file. */
function kept(hash: string, text: string): string {
  mkdirSync(OUTPUT, { recursive: true });
  const file = join(OUTPUT, `dashboards-${hash.slice(0, 16)}.json`);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
  return file;
}
