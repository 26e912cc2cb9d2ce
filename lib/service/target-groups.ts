import { Lazy } from 'aws-cdk-lib';
import { CfnListenerRule, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { regionDomain } from '../config/names';
import type { Platform, Role, Route, Service } from '../config/platform';
import { shiftsTraffic, type TrafficGroup, trafficGroups } from '../config/traffic-groups';

/** Shares of the traffic as a balancer takes them: tokens that the image gate fills in with what is true at that moment. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
}

export interface TargetGroupsProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly vpcId: string;
  readonly listenerArn: string;
  readonly testListenerArn: string;
  /** Asked at synth, after the gate of the service is there; only where a deployment shifts traffic. */
  readonly weights: () => Weights;
}

/** The other half of a pair of target groups, and the rules by which ECS moves traffic from one to the other. */
export interface Alternate {
  readonly group: CfnTargetGroup;
  readonly productionRule: CfnListenerRule;
  readonly testRule: CfnListenerRule;
}

export interface Target {
  readonly label: string;
  readonly containerPort: number;
  readonly group: CfnTargetGroup;
  /** Absent: deployments replace tasks within the one group. */
  readonly alternate?: Alternate;
}

/** Both groups of a pair, or the only one. */
export const groupsOf = ({ group, alternate }: Target): CfnTargetGroup[] =>
  alternate ? [group, alternate.group] : [group];

/**
 * The target groups of a service with the health check of the platform file, and the rules that feed them. Where a
 * deployment shifts traffic, each rule names two groups with a weight each, which belong to ECS: the template repeats
 * what it finds and never says anything of its own.
 */
export class TargetGroups extends Construct {
  readonly targets: readonly Target[];
  /** What the service has to wait for; the rules of a pair it names itself. */
  readonly rules: readonly CfnListenerRule[];

  constructor(scope: Construct, id: string, props: TargetGroupsProps) {
    super(scope, id);
    const { service } = props;
    const made = trafficGroups(service).map((asked) =>
      shiftsTraffic(service) ? this.pair(props, asked) : this.single(props, asked),
    );
    this.targets = made.map(({ target }) => target);
    this.rules = made.flatMap(({ rules }) => rules);
  }

  private single(props: TargetGroupsProps, { label, containerPort, routes }: TrafficGroup) {
    const group = this.group(props, `Port${label}`, containerPort);
    const tuples = [{ targetGroupArn: group.ref, weight: 1 }];
    const rules = routes.map((route) =>
      this.rule(props, `Rule${route.priority}`, props.listenerArn, route, tuples),
    );
    return { target: { label, containerPort, group }, rules };
  }

  private pair(props: TargetGroupsProps, { label, containerPort, routes: [route] }: TrafficGroup) {
    if (!route) throw new Error(`services.${props.service.name}: a pair of target groups without a route`);
    const group = this.group(props, `Port${label}`, containerPort);
    const alternate = this.group(props, `Port${label}Green`, containerPort);
    const tuples = [
      { targetGroupArn: group.ref, weight: Lazy.number({ produce: () => props.weights().blue }) },
      { targetGroupArn: alternate.ref, weight: Lazy.number({ produce: () => props.weights().green }) },
    ];
    const rule = (id: string, listenerArn: string) => this.rule(props, id, listenerArn, route, tuples);
    const productionRule = rule(`Rule${route.priority}`, props.listenerArn);
    const testRule = rule(`TestRule${route.priority}`, props.testListenerArn);
    return {
      target: { label, containerPort, group, alternate: { group: alternate, productionRule, testRule } },
      rules: [],
    };
  }

  private group({ service, vpcId }: TargetGroupsProps, id: string, port: number): CfnTargetGroup {
    const { health, stickiness } = service;
    if (!health) throw new Error(`services.${service.name}: a routed service needs a health check`);
    return new CfnTargetGroup(this, id, {
      targetType: 'ip',
      protocol: 'HTTP',
      protocolVersion: 'HTTP1',
      port,
      vpcId,
      healthCheckEnabled: true,
      healthCheckProtocol: 'HTTP',
      healthCheckPath: health.path,
      healthCheckPort: String(health.containerPort),
      healthCheckIntervalSeconds: health.intervalSeconds,
      healthCheckTimeoutSeconds: health.timeoutSeconds,
      healthyThresholdCount: health.healthyThreshold,
      unhealthyThresholdCount: health.unhealthyThreshold,
      matcher: { httpCode: health.statusCodes },
      targetGroupAttributes: Object.entries({
        'deregistration_delay.timeout_seconds': String(service.drainSeconds),
        'load_balancing.algorithm.type': 'round_robin',
        'stickiness.enabled': String(stickiness !== undefined),
        ...(stickiness
          ? {
              'stickiness.type': 'lb_cookie',
              'stickiness.lb_cookie.duration_seconds': String(stickiness.seconds),
            }
          : {}),
      }).map(([key, value]) => ({ key, value })),
    });
  }

  private rule(
    { platform, role }: TargetGroupsProps,
    id: string,
    listenerArn: string,
    route: Route,
    targetGroups: CfnListenerRule.TargetGroupTupleProperty[],
  ): CfnListenerRule {
    const hosts =
      route.host === undefined ? [] : [route.host, ...this.regionHost(platform, role, route.host)];
    return new CfnListenerRule(this, id, {
      listenerArn,
      priority: route.priority,
      conditions: [
        ...(hosts.length > 0 ? [{ field: 'host-header', hostHeaderConfig: { values: hosts } }] : []),
        { field: 'path-pattern', pathPatternConfig: { values: [...route.paths] } },
      ],
      actions: [{ type: 'forward', forwardConfig: { targetGroups } }],
    });
  }

  /** What serves the platform's own name must also answer under the fixed name of the region, where it is checked. */
  private regionHost(platform: Platform, role: Role, host: string): string[] {
    return host === platform.domain.name ? [regionDomain(platform, role)] : [];
  }
}
