import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type Properties, RESOURCE_TYPE } from '../../lambda/bucket-replication/contract';
import { bucketName, keyAliasArn, otherRole, replicationRole } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { replicatedBuckets } from './replicated-buckets';

/**
 * Replication of this region's buckets to the other one. S3 wants the destination to exist first, in both directions,
 * so neither template can say it: a function adds it once both Foundation stacks are there.
 */
export class BucketReplication extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform, role } = props;
    const region = platform.regions[role].name;
    const other = platform.regions[otherRole(role)].name;
    const buckets = replicatedBuckets(platform);
    if (buckets.length === 0) return;
    const setup = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'bucket-replication',
      description: `Adds replication of the buckets from ${region} to ${other}`,
      timeout: Duration.minutes(6),
      logKey: props.logKey,
    });
    const roleArn = `arn:aws:iam::${platform.account}:role/${replicationRole(platform, region)}`;
    setup.allow(
      ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'],
      buckets.map((name) => `arn:aws:s3:::${bucketName(platform, name, region)}`),
    );
    setup.allow(
      ['s3:GetBucketVersioning'],
      buckets.map((name) => `arn:aws:s3:::${bucketName(platform, name, other)}`),
    );
    setup.allow(['iam:PassRole'], [roleArn]);
    for (const name of buckets) {
      const properties: Properties = {
        Bucket: bucketName(platform, name, region),
        DestinationBucket: bucketName(platform, name, other),
        DestinationRegion: other,
        Role: roleArn,
        ReplicaKey: keyAliasArn(platform, 'data', other),
      };
      setup.customResource(this, `Replicate-${name}`, RESOURCE_TYPE, properties);
    }
  }
}
