import { Duration } from 'aws-cdk-lib';
import { CfnHealthCheck, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { type Properties, RESOURCE_TYPE } from '../../lambda/health-check-gate/contract';
import { STANDBY_LEADS_PATH } from '../../lambda/leadership-endpoint/contract';
import { endpointDomain, publicNames, regionDomain } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { CHECKS_IN_A_ROW, ENDPOINT_CHECK_SECONDS } from '../config/timings';
import { HoldfastFunction } from '../functions/holdfast-function';

const HTTPS_PORT = 443;

/**
 * Which region the public names point at, decided by Route 53's data plane alone: a failover edits no record.
 *
 * `standby-leads` is an OR over the leadership endpoints in standby and witness; home's records are healthy while it is
 * false, the standby's while it is true. Invariants: exactly one of the two is healthy, whatever the endpoints say; if
 * neither endpoint can be reached, home stays, and the fence in the database keeps that harmless. The records are made
 * only after the checks have settled (a new check starts healthy, an inverted one unhealthy, and with every record
 * unhealthy Route 53 serves the primary), and the checks are never replaced.
 */
export class FailoverRecords extends Construct {
  readonly endpointChecks: Readonly<Record<'standby' | 'witness', CfnHealthCheck>>;
  readonly standbyLeads: CfnHealthCheck;

  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    this.endpointChecks = {
      standby: this.endpointCheck(platform, 'standby'),
      witness: this.endpointCheck(platform, 'witness'),
    };
    const { standby, witness } = this.endpointChecks;
    this.standbyLeads = this.calculated(platform, 'standby-leads', 'StandbyLeads', [standby, witness], false);
    const homeLeads = this.calculated(platform, 'home-leads', 'HomeLeads', [this.standbyLeads], true);
    const gate = this.gate(platform, [standby, witness], homeLeads);
    for (const name of publicNames(platform)) {
      const stem = name === platform.domain.name ? '' : `-${name.slice(0, -platform.domain.name.length - 1)}`;
      const home = this.record(platform, name, `Home${stem}`, 'home', homeLeads);
      const second = this.record(platform, name, `Standby${stem}`, 'standby', this.standbyLeads);
      for (const record of [home, second]) record.node.addDependency(gate);
    }
  }

  private endpointCheck(platform: Platform, place: 'standby' | 'witness'): CfnHealthCheck {
    return settled(
      new CfnHealthCheck(this, `Endpoint-${place}`, {
        healthCheckConfig: {
          type: 'HTTPS',
          fullyQualifiedDomainName: endpointDomain(platform, place),
          port: HTTPS_PORT,
          resourcePath: STANDBY_LEADS_PATH,
          requestInterval: ENDPOINT_CHECK_SECONDS,
          failureThreshold: CHECKS_IN_A_ROW,
          enableSni: true,
        },
        healthCheckTags: named(platform, `standby-leads, asked in the ${place} region`),
      }),
      `EndpointCheck${place === 'standby' ? 'Standby' : 'Witness'}`,
    );
  }

  private calculated(
    platform: Platform,
    name: string,
    logicalId: string,
    children: CfnHealthCheck[],
    inverted: boolean,
  ): CfnHealthCheck {
    return settled(
      new CfnHealthCheck(this, logicalId, {
        healthCheckConfig: {
          type: 'CALCULATED',
          childHealthChecks: children.map((child) => child.attrHealthCheckId),
          healthThreshold: 1,
          inverted,
        },
        healthCheckTags: named(platform, name),
      }),
      logicalId,
    );
  }

  private gate(platform: Platform, endpoints: CfnHealthCheck[], homeLeads: CfnHealthCheck) {
    const gate = new HoldfastFunction(this, 'Gate', {
      platform,
      name: 'health-check-gate',
      description: 'Waits until the health checks have settled',
      timeout: Duration.minutes(15),
    });
    gate.allow(
      ['route53:GetHealthCheckStatus'],
      endpoints.map((check) => `arn:aws:route53:::healthcheck/${check.attrHealthCheckId}`),
    );
    gate.allowOnAnyResource(
      ['cloudwatch:GetMetricStatistics'],
      'CloudWatch checks the reading of metrics against no resource.',
    );
    const properties: Properties = {
      EndpointHealthCheckIds: endpoints.map((check) => check.attrHealthCheckId),
      StandbyLeadsHealthCheckId: this.standbyLeads.attrHealthCheckId,
      HomeLeadsHealthCheckId: homeLeads.attrHealthCheckId,
    };
    return gate.customResource(this, 'Settled', RESOURCE_TYPE, properties);
  }

  private record(
    platform: Platform,
    name: string,
    id: string,
    role: Role,
    check: CfnHealthCheck,
  ): CfnRecordSet {
    const zone = platform.domain.hostedZone.id;
    return new CfnRecordSet(this, `Record${id}`, {
      hostedZoneId: zone,
      name,
      type: 'A',
      setIdentifier: role,
      failover: role === 'home' ? 'PRIMARY' : 'SECONDARY',
      healthCheckId: check.attrHealthCheckId,
      // An alias within the zone: its answer is the balancer's, with the balancer's 60 s.
      aliasTarget: { hostedZoneId: zone, dnsName: regionDomain(platform, role), evaluateTargetHealth: false },
    });
  }
}

const named = (platform: Platform, what: string) => [{ key: 'Name', value: `${platform.name}: ${what}` }];

/** A check that was replaced would start healthy again, in the middle of a failover. */
function settled(check: CfnHealthCheck, logicalId: string): CfnHealthCheck {
  check.overrideLogicalId(logicalId);
  return check;
}
