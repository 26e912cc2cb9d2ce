import { RemovalPolicy } from 'aws-cdk-lib';
import {
  CfnCluster,
  CfnClusterCapacityProviderAssociations,
  type CfnClusterProps,
} from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { clusterName, commandLogs } from '../config/names';
import type { Platform } from '../config/platform';

/** The ECS cluster of a region, on Fargate, with Container Insights. */
export class Cluster extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly logKey: IKey }) {
    super(scope, id);
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: clusterName(props.platform),
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
      ...this.commands(props),
    });
    new CfnClusterCapacityProviderAssociations(this, 'Capacity', {
      cluster: cluster.ref,
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    this.name = cluster.ref;
  }

  /** Where a service takes commands, every session is logged: who may open a shell must leave a trace. */
  private commands({
    platform,
    logKey,
  }: {
    readonly platform: Platform;
    readonly logKey: IKey;
  }): Pick<CfnClusterProps, 'configuration'> {
    if (!platform.services.some(({ exec }) => exec)) return {};
    const logs = new LogGroup(this, 'Commands', {
      logGroupName: commandLogs(platform),
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: logKey,
    });
    return {
      configuration: {
        executeCommandConfiguration: {
          logging: 'OVERRIDE',
          logConfiguration: { cloudWatchLogGroupName: logs.logGroupName, cloudWatchEncryptionEnabled: true },
        },
      },
    };
  }
}
