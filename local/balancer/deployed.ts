import {
  type Action,
  type TargetGroup as DescribedGroup,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ClientConfig } from '../internal';
import type { ListenerRule } from './rules';
import type { Weighted } from './shares';
import type { GroupSettings } from './target-group';

/** A balancer as it is deployed. */
export interface DeployedBalancer {
  readonly rules: readonly ListenerRule[];
  /** Each with the port of its health check, which is a port of the container; undefined: the one that gets the requests. */
  readonly groups: readonly (GroupSettings & { readonly healthPort: number | undefined })[];
}

const HOST = 'host-header';
const PATH = 'path-pattern';
const KNOWN_FIELDS = [HOST, PATH];

/**
 * @param name of the balancer
 * @param port of the listener for everybody; another one is for tests
 * @param factor times are divided by it
 * @throws if it was not deployed
 */
export async function readBalancer(
  config: ClientConfig,
  name: string,
  port: number,
  factor: number,
): Promise<DeployedBalancer> {
  const elb = new ElasticLoadBalancingV2Client(config);
  try {
    const { LoadBalancers: [balancer] = [] } = await elb.send(
      new DescribeLoadBalancersCommand({ Names: [name] }),
    );
    const { Listeners = [] } = await elb.send(
      new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
    );
    const https = Listeners.find(({ Protocol, Port }) => Protocol === 'HTTPS' && Port === port);
    if (!https) throw new Error(`The balancer ${name} has no listener for HTTPS on port ${port}.`);
    const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: https.ListenerArn }));
    const rules = Rules.flatMap(ruleOf).sort((one, other) => one.priority - other.priority);
    // Also those without traffic: a deployment that shifts some brings it there.
    const arns = [...new Set(rules.flatMap(({ groups }) => groups.map(({ group }) => group)))];
    const { TargetGroups = [] } =
      arns.length === 0 ? {} : await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: arns }));
    const groups = await Promise.all(TargetGroups.map((group) => groupOf(elb, group, factor)));
    return { rules, groups };
  } finally {
    elb.destroy();
  }
}

/** @throws if it asks for something of a request that is not looked at here: it would take more than it is meant to */
export function ruleOf({ RuleArn, Priority, Conditions = [], Actions = [] }: Rule): ListenerRule[] {
  if (Priority === undefined || Priority === 'default') return [];
  const strange = Conditions.find(({ Field = '' }) => !KNOWN_FIELDS.includes(Field));
  if (strange) throw new Error(`The rule ${RuleArn} has a condition on ${strange.Field}.`);
  const values = (field: string): readonly string[] =>
    Conditions.filter(({ Field }) => Field === field).flatMap(
      ({ HostHeaderConfig, PathPatternConfig, Values }) =>
        HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? [],
    );
  const groups = groupsOf(Actions);
  return [
    { arn: RuleArn ?? '', priority: Number(Priority), hosts: values(HOST), paths: values(PATH), groups },
  ];
}

/** @returns none if the rule does not forward */
function groupsOf(actions: readonly Action[]): Weighted[] {
  const forward = actions.find(({ Type }) => Type === 'forward');
  const tuples = forward?.ForwardConfig?.TargetGroups ?? [];
  if (tuples.length === 0)
    return forward?.TargetGroupArn ? [{ group: forward.TargetGroupArn, weight: 1 }] : [];
  return tuples.map(({ TargetGroupArn: group = '', Weight: weight = 1 }) => ({ group, weight }));
}

async function groupOf(elb: ElasticLoadBalancingV2Client, group: DescribedGroup, factor: number) {
  const { Attributes = [] } = await elb.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group.TargetGroupArn }),
  );
  const attribute = (key: string) => Attributes.find((one) => one.Key === key)?.Value;
  const ms = (seconds: number | string | undefined): number => (Number(seconds ?? 0) * 1000) / factor;
  const sticky = attribute('stickiness.enabled') === 'true';
  return {
    arn: group.TargetGroupArn ?? '',
    path: group.HealthCheckPath ?? '/',
    healthPort: group.HealthCheckPort === 'traffic-port' ? undefined : Number(group.HealthCheckPort),
    intervalMs: ms(group.HealthCheckIntervalSeconds),
    timeoutMs: ms(group.HealthCheckTimeoutSeconds),
    healthyThreshold: group.HealthyThresholdCount ?? 2,
    unhealthyThreshold: group.UnhealthyThresholdCount ?? 3,
    codes: group.Matcher?.HttpCode ?? '200',
    drainMs: ms(attribute('deregistration_delay.timeout_seconds')),
    stickyMs: sticky ? ms(attribute('stickiness.lb_cookie.duration_seconds')) : undefined,
  };
}
