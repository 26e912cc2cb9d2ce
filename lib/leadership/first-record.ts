import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENVIRONMENT, type Properties, RESOURCE_TYPE } from '../../lambda/leadership-setup/contract';
import { leadershipTable } from '../config/names';
import type { Platform } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from './leadership-table';

/**
 * The first leadership record, "home leads at epoch 1", written once by the first deployment of the home region and
 * never again: a record that is there is left alone, and nothing else may take a missing record for epoch 1.
 */
export class FirstRecord extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly logKey: IKey }) {
    super(scope, id);
    const { platform } = props;
    const home = platform.regions.home.name;
    const setup = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'leadership-setup',
      description: 'Writes the first leadership record',
      timeout: Duration.minutes(2),
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, home).join(','),
      },
    });
    setup.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], leadershipTableArns(platform));
    const properties: Properties = {
      HomeRegion: home,
      LeaseSeconds: String(platform.leadership.leaseSeconds),
    };
    setup.customResource(this, 'Record', RESOURCE_TYPE, properties);
  }
}
