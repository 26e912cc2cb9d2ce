import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { describe } from './cloudwatch/alarm';
import type { Runbook } from './cloudwatch/runbooks';

export interface EdgeAlarmsProps {
  readonly platform: Platform;
  readonly topicArn: string;
  readonly standbyLeads: CfnHealthCheck;
  /** Checks of the leadership endpoints, by the place of the endpoint. */
  readonly endpointChecks: Readonly<Record<'standby' | 'witness', CfnHealthCheck>>;
  readonly regionChecks: ReadonlyMap<Role, CfnHealthCheck>;
}

/** Alarms on health checks. They live in us-east-1, the only region with these metrics. */
export class EdgeAlarms extends Construct {
  constructor(scope: Construct, id: string, props: EdgeAlarmsProps) {
    super(scope, id);
    const { platform, standbyLeads, endpointChecks, regionChecks } = props;
    this.alarm(props, 'StandbyLeads', `${platform.name}-standby-leads`, {
      ...describedAs(
        'The standby region leads: traffic and writes have moved. Ask npx holdfast status who leads, and why, before anything else.',
        'region-loss',
      ),
      check: standbyLeads,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No data: the checks themselves are silent, which another alarm tells.
      treatMissingData: 'notBreaching',
    });
    // Whether an endpoint answers "no" or nothing is the same to Route 53; a check that reports nothing at all is not.
    for (const [place, check] of Object.entries(endpointChecks)) {
      this.alarm(props, `Silent-${place}`, `${platform.name}-${place}-endpoint-check-silent`, {
        ...describedAs(
          `Route 53 reports nothing of the leadership endpoint in the ${place} region: a failover might not be seen. Look at the health checks in Route 53, then ask npx holdfast status who leads.`,
          'region-loss',
        ),
        check,
        statistic: 'SampleCount',
        comparisonOperator: 'LessThanThreshold',
        treatMissingData: 'breaching',
      });
    }
    for (const [role, check] of regionChecks) {
      this.alarm(props, `Region-${role}`, `${platform.name}-${role}-unreachable`, {
        ...describedAs(
          `The application in the ${role} region does not answer from outside. Ask npx holdfast status whether that region leads, then look at its balancer and its services.`,
          'region-loss',
        ),
        check,
        comparisonOperator: 'LessThanThreshold',
        treatMissingData: 'breaching',
      });
    }
  }

  private alarm(
    { topicArn }: EdgeAlarmsProps,
    id: string,
    alarmName: string,
    rule: {
      readonly alarmDescription: string;
      readonly check: CfnHealthCheck;
      readonly comparisonOperator: string;
      readonly statistic?: string;
      readonly treatMissingData: string;
    },
  ): void {
    const { check, ...rest } = rule;
    new CfnAlarm(this, id, {
      alarmName,
      statistic: 'Minimum',
      ...rest,
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: [{ name: 'HealthCheckId', value: check.attrHealthCheckId }],
      period: 60,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      threshold: 1,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}

const describedAs = (says: string, runbook: Runbook) => ({
  alarmDescription: describe({ says, runbook }),
});
