import { ownImages, upstreamRegistries } from '../../lib/config/image';
import type { Platform } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import type { Check } from './check';
import { type Finding, GLOBAL, ok, todo } from './line';
import type { Roles } from './ports';

/** A role that a service of AWS uses in the account, one per account for good. */
export interface LinkedRole {
  readonly role: string;
  readonly principal: string;
  /** Whose role it is, in a sentence. */
  readonly of: string;
  /** The service makes it on first use, and that first use succeeds. */
  readonly makesItself: boolean;
}

const linked = (of: string, role: string, service: string, makesItself = true): LinkedRole => ({
  of,
  role: `AWSServiceRoleFor${role}`,
  principal: `${service}.amazonaws.com`,
  makesItself,
});

/**
 * ECS makes its role on first use too, but that first use often fails because the role is not yet visible.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
 */
export function linkedRoles(platform: Platform): LinkedRole[] {
  const { database, cache, services } = platform;
  return [
    linked('ECS', 'ECS', 'ecs', false),
    linked('Elastic Load Balancing', 'ElasticLoadBalancing', 'elasticloadbalancing'),
    linked('DynamoDB replication', 'DynamoDBReplication', 'replication.dynamodb'),
    linked('API Gateway', 'APIGateway', 'ops.apigateway'),
    ...(database?.kind === 'managed' ? [linked('RDS', 'RDS', 'rds')] : []),
    ...(cache ? [linked('ElastiCache', 'ElastiCache', 'elasticache')] : []),
    ...(services.some(({ scaling }) => scaling)
      ? [
          linked(
            'Application Auto Scaling',
            'ApplicationAutoScaling_ECSService',
            'ecs.application-autoscaling',
          ),
        ]
      : []),
    ...(ownImages(platform).length > 0
      ? [linked('ECR replication', 'ECRReplication', 'replication.ecr')]
      : []),
    ...(upstreamRegistries(platform).length > 0
      ? [linked('the pull-through cache of ECR', 'ECRPullThroughCache', 'pullthroughcache.ecr')]
      : []),
  ];
}

/** Are the service-linked roles there that AWS needs to act in the account? */
export const roles: Check = {
  name: 'service-linked roles',
  asksAws: true,
  tasks: (platform, ports) => [{ place: GLOBAL, run: () => rolesThere(linkedRoles(platform), ports.roles) }],
};

async function rolesThere(wanted: readonly LinkedRole[], port: Roles): Promise<Finding[]> {
  const found = await Promise.all(
    wanted.map(async (one) => ({ ...one, exists: await port.exists(one.role) })),
  );
  const missing = found.filter(({ exists }) => !exists);
  const ofAll = (some: readonly LinkedRole[]) =>
    oneOf(
      some.map(({ of }) => of),
      'and',
    );
  const byHand = missing.filter(({ makesItself }) => !makesItself);
  const byThemselves = missing.filter(({ makesItself }) => makesItself);
  const there = found.filter(({ exists }) => exists);
  return [
    ...byHand.map(({ of, role, principal }) =>
      todo(
        `${of} has no role ${role} in the account; its first use would make it and fail meanwhile.`,
        `aws iam create-service-linked-role --aws-service-name ${principal}`,
      ),
    ),
    ...(there.length > 0 ? [ok(`There for ${ofAll(there)}.`)] : []),
    ...(byThemselves.length > 0 ? [ok(`Made on first use by ${ofAll(byThemselves)}.`)] : []),
  ];
}
