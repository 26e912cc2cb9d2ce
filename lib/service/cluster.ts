import { CfnCluster, CfnClusterCapacityProviderAssociations } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { clusterName } from '../config/names';
import type { Platform } from '../config/platform';

/** The ECS cluster of a region, on Fargate, with Container Insights. */
export class Cluster extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: clusterName(props.platform),
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    new CfnClusterCapacityProviderAssociations(this, 'Capacity', {
      cluster: cluster.ref,
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    this.name = cluster.ref;
  }
}
