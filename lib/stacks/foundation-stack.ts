import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { PagerDutyAccess } from '../monitoring/pagerduty-access';
import { LockedVault } from '../recovery/backup/locked-vault';
import { PlatformSecrets } from '../security/platform-secrets';
import { RegionKeys } from '../security/region-keys';
import { PullThroughCache } from '../service/pull-through-cache';
import { Repositories } from '../service/repositories';
import { AccessLogs } from '../storage/access-logs';
import { ArchiveBucket } from '../storage/archive-bucket';
import { ExportBucket } from '../storage/export-bucket';
import { PlatformBucket } from '../storage/platform-bucket';
import { replicatedBuckets } from '../storage/replicated-buckets';
import { ReplicationRole } from '../storage/replication-role';
import { PlatformStack } from './platform-stack';

/** What everything else of a region rests on: keys, buckets, repositories, secrets. */
export class FoundationStack extends PlatformStack {
  readonly keys: RegionKeys;
  readonly accessLogs: IBucket;
  readonly buckets: ReadonlyMap<string, Bucket>;

  constructor(scope: Construct, props: { readonly platform: Platform; readonly role: Role }) {
    const { platform, role } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Foundation',
      description: `keys, buckets, images and secrets of the ${role} region`,
      holdsData: true,
    });
    this.keys = new RegionKeys(this, 'Keys', { platform, region });
    const key: Key = this.keys.data;
    // Always exported, also while no service reads a secret; see the network stack.
    this.exportValue(key.keyArn);
    this.accessLogs = new AccessLogs(this, 'AccessLogs', { platform, region }).bucket;
    this.buckets = new Map(
      platform.buckets.map((config) => [
        config.name,
        new PlatformBucket(this, `Bucket-${config.name}`, {
          platform,
          region,
          config,
          key,
          accessLogs: this.accessLogs,
        }).bucket,
      ]),
    );
    const own = { platform, region, accessLogs: this.accessLogs };
    new ArchiveBucket(this, 'ArchiveBucket', { ...own, key });
    if (platform.cache) new ExportBucket(this, 'ExportBucket', own);
    if (platform.backup.vaultLock) new LockedVault(this, 'Vault', { platform, key });
    if (replicatedBuckets(platform).length > 0)
      new ReplicationRole(this, 'ReplicationRole', { platform, role });
    new Repositories(this, 'Repositories', { platform, key });
    new PullThroughCache(this, 'PullThroughCache', { platform });
    const secrets = new PlatformSecrets(this, 'Secrets', { platform, role, key });
    new PagerDutyAccess(this, 'PagerDuty', { platform, role, key, secrets });
  }
}
