import { Construct } from 'constructs';
import type { Platform } from '../config/platform';
import { type Alarm, type Metric, makeAlarms } from '../monitoring/cloudwatch/alarm';
import { makeSymptom, type Symptom } from '../monitoring/cloudwatch/symptom';

export interface BalancerAlarmsProps {
  readonly platform: Platform;
  /** `app/<name>/<id>`, as CloudWatch names a balancer. */
  readonly fullName: string;
  readonly certificateArn: string;
}

const MINUTE = 60;
const DAY = 86_400;
/** Fewer failures in a minute are a client that hung up, whatever their share is. */
const FAILURES_MIN = 10;
const FAILURES_PERCENT = 5;
/** The objectives of a platform are judged by its burn rates; this is far beyond any of them. */
const SLOW_SECONDS = 2;
/** ACM renews 60 days before the end; half of that without a renewal is one that does not work. */
const CERTIFICATE_DAYS = 30;

/** @returns the alarms on the entrance of a region */
export function balancerAlarms({ fullName, certificateArn }: BalancerAlarmsProps): Alarm[] {
  const metric = (name: string, statistic = 'Sum'): Metric => ({
    namespace: 'AWS/ApplicationELB',
    metric: name,
    dimensions: { LoadBalancer: fullName },
    statistic,
  });
  const counted = {
    silence: 'nothing-happened',
    periodSeconds: MINUTE,
    runbook: 'cloudwatch-alarms',
  } as const;
  return [
    {
      ...counted,
      name: 'balancer-errors',
      says: `More than ${FAILURES_PERCENT} % of the requests are answered by the balancer itself with 502 or 504: tasks hang up or do not answer in time. Look in npx holdfast status at the tasks, then in the access log of the balancer which service it is.`,
      urgency: 'cause',
      formula: {
        // 503 is missing on purpose: it says that a service has no task, which the service itself tells.
        of: {
          requests: metric('RequestCount'),
          hungup: metric('HTTPCode_ELB_502_Count'),
          late: metric('HTTPCode_ELB_504_Count'),
        },
        expression: `IF(FILL(hungup, 0) + FILL(late, 0) >= ${FAILURES_MIN}, 100 * (FILL(hungup, 0) + FILL(late, 0)) / (FILL(requests, 0) + FILL(hungup, 0) + FILL(late, 0)), 0)`,
        label: 'Answers of the balancer itself in %',
      },
      periods: 2,
      of: 3,
      threshold: FAILURES_PERCENT,
    },
    {
      ...counted,
      ...metric('RejectedConnectionCount'),
      name: 'balancer-rejecting',
      says: 'The balancer refuses connections, because it has reached a limit of its own. Look at its active connections: a flood needs a rate limit, a success needs AWS to raise the capacity.',
      urgency: 'cause',
      periods: 3,
      of: 5,
      threshold: 1,
    },
    {
      ...counted,
      ...metric('TargetResponseTime', 'p95'),
      name: 'balancer-slow',
      says: `One in twenty answers takes ${SLOW_SECONDS} s or longer to begin. Look at the database first (slow statements, connections), then at the CPU of the services.`,
      urgency: 'morning',
      periods: 10,
      of: 15,
      threshold: SLOW_SECONDS,
    },
    {
      name: 'certificate-expiring',
      says: `The certificate of the entrance ends in less than ${CERTIFICATE_DAYS} days, so ACM could not renew it. Look in ACM which name it could not validate, and whether its CNAME record is still in the hosted zone.`,
      runbook: 'cloudwatch-alarms',
      urgency: 'morning',
      namespace: 'AWS/CertificateManager',
      metric: 'DaysToExpiry',
      dimensions: { CertificateArn: certificateArn },
      statistic: 'Minimum',
      // Told twice a day; in between, what was told holds.
      periodSeconds: DAY,
      silence: 'as-before',
      periods: 1,
      of: 1,
      threshold: CERTIFICATE_DAYS,
      below: true,
    },
  ];
}

/** What pages of them. */
export const ENTRANCE_SYMPTOM: Symptom = {
  name: 'entrance-failing',
  says: 'Users of this region get errors from the balancer, or no connection at all. Look which alarm of the balancer made this page; if the region is ill as a whole and the other one is well, a switchover moves the users.',
  runbook: 'cloudwatch-alarms',
  anyOf: ['balancer-errors', 'balancer-rejecting'],
};

/** Alarms on the balancer of a region and on its certificate. */
export class BalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BalancerAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, balancerAlarms(props));
    makeSymptom(this, props, ENTRANCE_SYMPTOM);
  }
}
