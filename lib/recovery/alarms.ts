import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/region-agent/contract';
import type { Platform } from '../config/platform';
import { type Metric, makeAlarm, type Urgency } from '../monitoring/cloudwatch/alarm';
import type { Runbook } from '../monitoring/cloudwatch/runbooks';
import { makeSymptom, type Symptom } from '../monitoring/cloudwatch/symptom';

export interface RecoveryAlarmsProps {
  readonly platform: Platform;
  /** Topic of the region. */
  readonly topicArn: string;
  /** Name of the region agent, as a reference. */
  readonly agentName: string;
}

interface Alarm {
  /** End of the alarm's name. */
  readonly name: string;
  /** What it means and what to do first. */
  readonly says: string;
  /** File below `docs/runbooks/`, without its ending. */
  readonly runbook: Runbook;
  readonly urgency: Urgency;
  /** Agents report 1 where something holds, and nothing or 0 where it does not. */
  readonly metric: keyof typeof METRICS | 'lambda-errors';
  readonly statistic: 'Maximum' | 'Sum';
  readonly periodSeconds: number;
  /** So many of the last `of` periods. */
  readonly periods: number;
  readonly of: number;
  /** The alarm is on what is *not* reported. */
  readonly silence?: true;
}

const MINUTE = 60;

export const RECOVERY_ALARMS: readonly Alarm[] = [
  {
    name: 'region-agent-silent',
    says: 'No agent of this region has looked at leadership for three minutes: it renews no lease and takes nothing over. Look whether its schedule is enabled, then at the log of its last run.',
    runbook: 'agent-paged',
    urgency: 'cause',
    metric: 'turns',
    statistic: 'Sum',
    periodSeconds: MINUTE,
    periods: 3,
    of: 3,
    silence: true,
  },
  {
    name: 'lease-not-renewed',
    says: 'The record of leadership stands still for longer than a lease: the region that leads is gone, or cannot reach the table, and takes no writes. Ask npx holdfast status who leads and what the other region waits for, before anything else.',
    runbook: 'region-loss',
    urgency: 'cause',
    metric: 'leaseNotRenewed',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 2,
    of: 3,
  },
  {
    name: 'fence-closed',
    says: 'This region leads, and its database takes no writes. Ask npx holdfast status why: an agent that does not renew, a database that does not answer, or a switchover that is under way.',
    runbook: 'split-brain',
    urgency: 'cause',
    metric: 'fenceClosed',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 2,
    of: 3,
  },
  {
    name: 'failover-gate-refused',
    says: 'A takeover is due and a gate forbids it: this region waits for a person. Ask npx holdfast status for the reason, and decide whether to force it.',
    runbook: 'region-loss',
    urgency: 'cause',
    metric: 'gateRefused',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 1,
    of: 1,
  },
  {
    name: 'standby-unfit',
    says: 'All is well, and this region could not take over if the other one were lost now. Ask npx holdfast status for the reason: a replica that is behind, away or was promoted, or an instance that RDS is busy with.',
    runbook: 'agent-paged',
    urgency: 'page',
    metric: 'standbyUnfit',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 10,
    of: 15,
  },
  {
    name: 'leadership-unsettled',
    says: 'Leadership has been in another state than SERVING or PROTECTED for half an hour. Ask npx holdfast status which step does not end.',
    runbook: 'failback',
    urgency: 'page',
    metric: 'unsettled',
    statistic: 'Maximum',
    periodSeconds: 5 * MINUTE,
    periods: 6,
    of: 6,
  },
  {
    name: 'region-agent-failing',
    says: 'Turns of the agent of this region have failed in each of the last five minutes. Read in its log which call fails.',
    runbook: 'agent-paged',
    urgency: 'cause',
    metric: 'failures',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 5,
    of: 5,
  },
  {
    name: 'region-agent-errors',
    says: 'Runs of the agent of this region end with an error: it crashes, or its time is up before it ends. Read the end of its log.',
    runbook: 'agent-paged',
    urgency: 'cause',
    metric: 'lambda-errors',
    statistic: 'Sum',
    periodSeconds: MINUTE,
    periods: 3,
    of: 5,
  },
  {
    name: 'application-outage',
    says: 'The application of the region that leads does not answer, while its lease is renewed: the database is well and must not be failed over for it. Look at its services and their last deployment; a switchover moves it if the other side is well.',
    runbook: 'switchover',
    urgency: 'page',
    metric: 'applicationOutage',
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 2,
    of: 3,
  },
];

/**
 * What pages of the causes among them. An agent that is silent or fails renews no lease, so it is on the list before the
 * fence closes.
 */
export const LEADERSHIP_SYMPTOM: Symptom = {
  name: 'nobody-can-write',
  says: 'Writes are refused, or soon will be, because nobody renews a lease or takes over. Ask npx holdfast status who leads and what each region waits for, before anything else.',
  runbook: 'region-loss',
  anyOf: RECOVERY_ALARMS.filter(({ urgency }) => urgency === 'cause').map(({ name }) => name),
};

/** Alarms on the agent of a region and on what it sees. Both regions have them, and each pages through its own topic. */
export class RecoveryAlarms extends Construct {
  constructor(scope: Construct, id: string, props: RecoveryAlarmsProps) {
    super(scope, id);
    for (const { silence, ...alarm } of RECOVERY_ALARMS) {
      makeAlarm(this, props, {
        ...alarm,
        ...metricOf(alarm, props),
        threshold: 1,
        ...(silence ? { below: true, silence: 'trouble' } : { silence: 'told-elsewhere' }),
      });
    }
    makeSymptom(this, props, LEADERSHIP_SYMPTOM);
  }
}

function metricOf(
  { metric }: Pick<Alarm, 'metric'>,
  { platform, agentName }: RecoveryAlarmsProps,
): Pick<Metric, 'namespace' | 'metric' | 'dimensions'> {
  if (metric === 'lambda-errors') {
    return { namespace: 'AWS/Lambda', metric: 'Errors', dimensions: { FunctionName: agentName } };
  }
  return { namespace: METRIC_NAMESPACE, metric: METRICS[metric], dimensions: { Platform: platform.name } };
}
