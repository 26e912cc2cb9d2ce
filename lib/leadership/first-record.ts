import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, type IDependable } from 'constructs';
import {
  ENVIRONMENT,
  type LeaseProperties,
  type Properties,
  RESOURCE_TYPE,
  RESOURCE_TYPE_LEASE,
} from '../../lambda/leadership-setup/contract';
import { leadershipTable, logGroup } from '../config/names';
import type { Platform } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from './leadership-table';

/** An agent is started within a minute and opens the lease in its first turns; the rest is patience. */
const TIMEOUT = Duration.minutes(5);

/**
 * The first leadership record, "home leads at epoch 1", written once by the first deployment of the home region and
 * never again: a record that is there is left alone, and nothing else may take a missing record for epoch 1.
 */
export class FirstRecord extends Construct {
  /** The record itself, for what must come after it. */
  readonly record: IDependable;
  private readonly setup: HoldfastFunction;
  private readonly platform: Platform;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly logKey: IKey;
      /** Epoch of the lease in home's database, as a reference; only with a managed database. */
      readonly leaseEpoch?: string;
    },
  ) {
    super(scope, id);
    const { platform, leaseEpoch } = props;
    const home = platform.regions.home.name;
    this.platform = platform;
    this.setup = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'leadership-setup',
      description: 'Writes the first leadership record, and waits for the first lease',
      timeout: TIMEOUT,
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, home).join(','),
      },
    });
    this.setup.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], leadershipTableArns(platform));
    const properties: Properties = {
      HomeRegion: home,
      LeaseSeconds: String(platform.leadership.leaseSeconds),
      EnforceSeconds: String(platform.leadership.enforceSeconds),
      ...(leaseEpoch === undefined ? {} : { LeaseEpoch: leaseEpoch }),
    };
    this.record = this.setup.customResource(this, 'Record', RESOURCE_TYPE, properties);
  }

  /**
   * Keeps the stack, and so every service, waiting until the agent has opened the first lease.
   * @param agent what opens it
   */
  waitForFirstLease(agent: IDependable): void {
    const properties: LeaseProperties = {
      AgentLogGroup: logGroup(this.platform, 'functions', 'region-agent'),
    };
    this.setup.customResource(this, 'Lease', RESOURCE_TYPE_LEASE, properties).node.addDependency(agent);
  }
}
