import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { grafanaRole } from '../../config/names';
import type { Platform } from '../../config/platform';
import { acknowledge } from '../../security/acknowledge';

const QUERIES = ['aps:GetLabels', 'aps:GetMetricMetadata', 'aps:GetSeries', 'aps:QueryMetrics'];

/** The role of a workspace of Grafana: it may read the metrics of the platform's two regions, and nothing else. */
export function workspaceRole(scope: Construct, id: string, platform: Platform, region: string): Role {
  const { account, name, regions } = platform;
  const workspaces = [regions.home.name, regions.standby.name].map(
    (where) => `arn:aws:aps:${where}:${account}:workspace/*`,
  );
  const role = new Role(scope, id, {
    roleName: grafanaRole(platform, region),
    description: `${name}: Grafana`,
    assumedBy: new ServicePrincipal('grafana.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        StringLike: { 'aws:SourceArn': `arn:aws:grafana:${region}:${account}:/workspaces/*` },
      },
    }),
    inlinePolicies: {
      metrics: new PolicyDocument({
        statements: [
          new PolicyStatement({
            effect: Effect.ALLOW,
            actions: QUERIES,
            resources: workspaces,
            conditions: { StringEquals: { 'aws:ResourceTag/holdfast:platform': name } },
          }),
        ],
      }),
    },
  });
  for (const workspace of workspaces) {
    acknowledge(role, {
      [`AwsSolutions-IAM5[Resource::${workspace}]`]:
        'AWS invents the id of a workspace, and that of the other region is not known here; the condition restricts it to those of the platform.',
    });
  }
  return role;
}
