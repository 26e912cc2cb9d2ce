import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnHealthCheck } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';

export interface EdgeAlarmsProps {
  readonly platform: Platform;
  readonly topicArn: string;
  readonly standbyLeads: CfnHealthCheck;
  readonly regionChecks: ReadonlyMap<Role, CfnHealthCheck>;
}

/** Alarms on health checks. They live in us-east-1, the only region with these metrics. */
export class EdgeAlarms extends Construct {
  constructor(scope: Construct, id: string, props: EdgeAlarmsProps) {
    super(scope, id);
    const { platform, standbyLeads, regionChecks } = props;
    this.alarm(props, 'StandbyLeads', `${platform.name}-standby-leads`, {
      alarmDescription:
        'The standby region leads: traffic and writes have moved. See who leads, and why, before anything else.',
      check: standbyLeads,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No data: the checks themselves are silent, which another alarm tells.
      treatMissingData: 'notBreaching',
    });
    for (const [role, check] of regionChecks) {
      this.alarm(props, `Region-${role}`, `${platform.name}-${role}-unreachable`, {
        alarmDescription: `The application in the ${role} region does not answer from outside.`,
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
      readonly treatMissingData: string;
    },
  ): void {
    const { check, ...rest } = rule;
    new CfnAlarm(this, id, {
      alarmName,
      ...rest,
      namespace: 'AWS/Route53',
      metricName: 'HealthCheckStatus',
      dimensions: [{ name: 'HealthCheckId', value: check.attrHealthCheckId }],
      statistic: 'Minimum',
      period: 60,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      threshold: 1,
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}
