import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { leadershipTable } from '../config/names';
import type { Platform } from '../config/platform';
import { protect } from '../security/protect';

/**
 * The table of the leadership record: three replicas with multi-region strong consistency, so that two of three regions
 * always agree on the latest version and an isolated one cannot write.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/multi-region-strong-consistency-gt.html
 *
 * L1, because the L2 knows only some of the sets of regions that AWS accepts. The record holds nothing private, and a
 * customer key in three regions would be three more things that a failover depends on: DynamoDB's own key encrypts it.
 */
export class LeadershipTable extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    const table = new CfnGlobalTable(this, 'Table', {
      tableName: leadershipTable(platform),
      attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
      keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
      billingMode: 'PAY_PER_REQUEST',
      multiRegionConsistency: 'STRONG',
      replicas: platform.leadership.regions.map((region) => ({
        region,
        deletionProtectionEnabled: true,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        tags: [{ key: 'holdfast:platform', value: platform.name }],
      })),
    });
    protect(table, 'LeadershipTable');
  }
}

/** ARNs of the replicas of the table, the preferred region first. */
export const leadershipTableArns = (platform: Platform): string[] =>
  platform.leadership.regions.map(
    (region) => `arn:aws:dynamodb:${region}:${platform.account}:table/${leadershipTable(platform)}`,
  );

/** Regions of the table in the order in which a function in `region` asks them: its own first. */
export function tableRegionsFrom(platform: Platform, region: string): string[] {
  const { regions } = platform.leadership;
  return [...regions.filter((name) => name === region), ...regions.filter((name) => name !== region)];
}
