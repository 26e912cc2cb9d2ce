import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { bucketName, keyAlias, otherRole, replicationRole } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { replicatedBuckets } from './replicated-buckets';

/**
 * Role that S3 assumes to copy objects from this region's buckets to the other region's. The other region's buckets and
 * key are known by name only; the key is bound by its alias, because its id is made by AWS and never crosses a region.
 */
export class ReplicationRole extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly role: Role }) {
    super(scope, id);
    const { platform, role } = props;
    const region = platform.regions[role].name;
    const other = platform.regions[otherRole(role)].name;
    const names = replicatedBuckets(platform);
    const arns = (place: string) => names.map((name) => `arn:aws:s3:::${bucketName(platform, name, place)}`);
    const objects = (place: string) => arns(place).map((arn) => `${arn}/*`);
    const withKey = (sid: string, actions: string[], place: string) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: actions,
      Resource: `arn:aws:kms:${place}:${platform.account}:key/*`,
      Condition: {
        StringEquals: { 'kms:ViaService': `s3.${place}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias(platform, 'data') },
      },
    });
    const iamRole = new CfnRole(this, 'Role', {
      roleName: replicationRole(platform, region),
      description: `${platform.name}: S3 replication from ${region} to ${other}`,
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      },
      policies: [
        {
          policyName: 'replicate',
          policyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'ReadConfiguration',
                Effect: 'Allow',
                Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
                Resource: arns(region),
              },
              {
                Sid: 'ReadVersions',
                Effect: 'Allow',
                Action: [
                  's3:GetObjectVersionForReplication',
                  's3:GetObjectVersionAcl',
                  's3:GetObjectVersionTagging',
                ],
                Resource: objects(region),
              },
              {
                Sid: 'WriteCopies',
                Effect: 'Allow',
                Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
                Resource: objects(other),
              },
              withKey('DecryptHere', ['kms:Decrypt'], region),
              withKey('EncryptThere', ['kms:Encrypt', 'kms:GenerateDataKey'], other),
            ],
          },
        },
      ],
    });
    const everyObject = 'S3 replicates every object of these named buckets.';
    const byAlias =
      "A key's id is made by AWS; the condition kms:ResourceAliases binds the grant to the platform's own key.";
    acknowledge(iamRole, {
      ...Object.fromEntries(
        [...objects(region), ...objects(other)].map((arn) => [
          `AwsSolutions-IAM5[Resource::${arn}]`,
          everyObject,
        ]),
      ),
      ...Object.fromEntries(
        [region, other].map((place) => [
          `AwsSolutions-IAM5[Resource::arn:aws:kms:${place}:${platform.account}:key/*]`,
          byAlias,
        ]),
      ),
    });
  }
}
