import { CfnListenerRule, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { regionDomain } from '../config/names';
import type { Platform, Role, Route, Service } from '../config/platform';

export interface TargetGroupsProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly vpcId: string;
  readonly listenerArn: string;
}

export interface Target {
  readonly containerPort: number;
  readonly group: CfnTargetGroup;
}

/** One target group per port that routes name, with the health check of the platform file, and the rules that feed it. */
export class TargetGroups extends Construct {
  readonly targets: readonly Target[];
  readonly rules: readonly CfnListenerRule[];

  constructor(scope: Construct, id: string, props: TargetGroupsProps) {
    super(scope, id);
    const { service } = props;
    const ports = [...new Set(service.routes.map(({ containerPort }) => containerPort))].sort(
      (a, b) => a - b,
    );
    const groups = new Map(ports.map((port) => [port, this.group(props, port)]));
    this.targets = [...groups].map(([containerPort, group]) => ({ containerPort, group }));
    this.rules = service.routes.map((route) => {
      const group = groups.get(route.containerPort);
      if (!group)
        throw new Error(`services.${service.name}.routes: no target group for port ${route.containerPort}`);
      return this.rule(props, route, group);
    });
  }

  private group({ service, vpcId }: TargetGroupsProps, port: number): CfnTargetGroup {
    const { health, stickiness } = service;
    if (!health) throw new Error(`services.${service.name}: a routed service needs a health check`);
    return new CfnTargetGroup(this, `Port${port}`, {
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
    { platform, role, listenerArn }: TargetGroupsProps,
    route: Route,
    group: CfnTargetGroup,
  ): CfnListenerRule {
    const hosts =
      route.host === undefined ? [] : [route.host, ...this.regionHost(platform, role, route.host)];
    return new CfnListenerRule(this, `Rule${route.priority}`, {
      listenerArn,
      priority: route.priority,
      conditions: [
        ...(hosts.length > 0 ? [{ field: 'host-header', hostHeaderConfig: { values: hosts } }] : []),
        { field: 'path-pattern', pathPatternConfig: { values: [...route.paths] } },
      ],
      actions: [
        { type: 'forward', forwardConfig: { targetGroups: [{ targetGroupArn: group.ref, weight: 1 }] } },
      ],
    });
  }

  /** What serves the platform's own name must also answer under the fixed name of the region, where it is checked. */
  private regionHost(platform: Platform, role: Role, host: string): string[] {
    return host === platform.domain.name ? [regionDomain(platform, role)] : [];
  }
}
