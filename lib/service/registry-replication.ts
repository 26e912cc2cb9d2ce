import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type Properties, RESOURCE_TYPE } from '../../lambda/registry-replication/contract';
import { ownImages } from '../config/image';
import { otherRole } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';

/**
 * Replication of the platform's repositories to the other region. An account has a single replication configuration
 * in each region; CloudFormation's own resource would overwrite what others put there, so a function merges our rule.
 */
export class RegistryReplication extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform, role } = props;
    if (ownImages(platform).length === 0) return;
    const other = platform.regions[otherRole(role)].name;
    const merge = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'registry-replication',
      description: `Adds replication of the platform's images to ${other}`,
      timeout: Duration.minutes(2),
      logKey: props.logKey,
    });
    merge.allowOnAnyResource(
      ['ecr:DescribeRegistry', 'ecr:PutReplicationConfiguration'],
      'Both act on the registry of the account as a whole; AWS knows no narrower resource.',
    );
    merge.allow(
      ['iam:CreateServiceLinkedRole'],
      [
        `arn:aws:iam::${platform.account}:role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication`,
      ],
      { StringEquals: { 'iam:AWSServiceName': 'replication.ecr.amazonaws.com' } },
    );
    const properties: Properties = {
      RepositoryPrefix: `${platform.name}/`,
      DestinationRegion: other,
      Account: platform.account,
    };
    merge.customResource(this, 'Rule', RESOURCE_TYPE, properties);
  }
}
