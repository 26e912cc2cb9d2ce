import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { alarmName } from '../config/names';
import type { Platform, Service } from '../config/platform';
import { errorsAlarm } from './service-alarms';
import type { Target } from './target-groups';

/** Share of answers with a server error that rolls a deployment back, in percent. */
const ERROR_PERCENT = 5;

interface Watched {
  readonly platform: Platform;
  readonly service: Service;
  readonly balancer: { readonly fullName: string };
}

/**
 * Server errors of each target group as a share of its answers, so that those of a small new set are not lost among the
 * many of the old one. They roll a deployment back.
 */
export function errorAlarms(scope: Construct, watched: Watched, targets: readonly Target[]): CfnAlarm[] {
  return targets.flatMap(({ label, group, alternate }) => [
    errorAlarm(scope, watched, label, group),
    ...(alternate ? [errorAlarm(scope, watched, `${label}-green`, alternate.group)] : []),
  ]);
}

function errorAlarm(
  scope: Construct,
  { platform, service, balancer }: Watched,
  label: string,
  group: CfnTargetGroup,
): CfnAlarm {
  const dimensions = [
    { name: 'TargetGroup', value: group.attrTargetGroupFullName },
    { name: 'LoadBalancer', value: balancer.fullName },
  ];
  const sum = (id: string, metricName: string) => ({
    id,
    returnData: false,
    metricStat: {
      metric: { namespace: 'AWS/ApplicationELB', metricName, dimensions },
      period: 60,
      stat: 'Sum',
    },
  });
  return new CfnAlarm(scope, `Errors${label}`, {
    alarmName: alarmName(platform, errorsAlarm(service, label)),
    alarmDescription: `${service.name}: more than ${ERROR_PERCENT} % of the answers are server errors. Look in its log for the error, and at its last deployment. Runbook: docs/runbooks/cloudwatch-alarms.md`,
    metrics: [
      sum('errors', 'HTTPCode_Target_5XX_Count'),
      sum('requests', 'RequestCount'),
      {
        id: 'share',
        expression: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)',
        label: 'Server errors in %',
        returnData: true,
      },
    ],
    comparisonOperator: 'GreaterThanThreshold',
    threshold: ERROR_PERCENT,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    // Nobody asked, so nothing failed.
    treatMissingData: 'notBreaching',
  });
}
