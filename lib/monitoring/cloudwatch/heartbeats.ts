import { Construct } from 'constructs';
import { HEARTBEAT_METRIC, METRIC_NAMESPACE } from '../../../lambda/alert-relay/contract';
import type { Platform } from '../../config/platform';
import { type Alarm, type Metric, makeAlarms } from './alarm';
import { makeSymptom, type Symptom } from './symptom';

export interface HeartbeatsProps {
  readonly platform: Platform;
  /** Names of the regions whose heartbeat is written into this one. */
  readonly from: readonly string[];
}

const MINUTE = 60;
/** A heartbeat is written every minute; one or two may be late or lost on their way. */
const MISSED = 5;
/** So many in a row before a region counts as heard: more than it takes the other alarm to fall silent. */
const HEARD = 5;

/**
 * Two alarms on the heartbeat of a region, neither of which pages by itself.
 *
 * `silent` is on no heartbeat: missing data is breaching, so a region that was never deployed is silent as well. `heard`
 * is a latch: it holds from the first five heartbeats on and keeps its state without data, for ever, because a metric that
 * is only ever 1 can never bring it back. Silent and heard together are a region that has gone away; a first deployment,
 * where one region is up hours before the other, is silent and not heard, and pages nobody.
 */
export function heartbeatAlarms(platform: Platform, from: string): Alarm[] {
  const beats: Metric = {
    namespace: METRIC_NAMESPACE,
    metric: HEARTBEAT_METRIC,
    dimensions: { Platform: platform.name, From: from },
    statistic: 'Sum',
  };
  const common = {
    ...beats,
    runbook: 'region-loss',
    urgency: 'cause',
    periodSeconds: MINUTE,
    threshold: 1,
  } as const;
  return [
    {
      ...common,
      name: silent(from),
      says: `No heartbeat has come from ${from} for ${MISSED} minutes. Look at the alarm ${gone(from)}, which pages where this matters.`,
      periods: MISSED,
      of: MISSED,
      below: true,
      silence: 'trouble',
    },
    {
      ...common,
      name: heard(from),
      says: `Heartbeats have come from ${from} at some time. This is no trouble: it keeps a first deployment from paging. Look at the alarm ${gone(from)}.`,
      periods: HEARD,
      of: HEARD,
      silence: 'as-before',
    },
  ];
}

const silent = (from: string): string => `${from}-no-heartbeat`;
const heard = (from: string): string => `${from}-heard`;
const gone = (from: string): string => `${from}-silent`;

/** @returns what pages: a region that was heard and is silent now */
export const heartbeatSymptom = (from: string): Symptom => ({
  name: gone(from),
  says: `The region ${from} has gone silent: it is lost, or cut off, or its way from alerts to people is broken. Ask npx holdfast status who leads, and look at the health of the region; nobody there can page you.`,
  runbook: 'region-loss',
  anyOf: [silent(from)],
  allOf: [heard(from)],
});

/** Alarms of a region on the silence of the others: what an alarm in a region that is gone could not tell. */
export class Heartbeats extends Construct {
  constructor(scope: Construct, id: string, props: HeartbeatsProps) {
    super(scope, id);
    for (const from of props.from) {
      makeAlarms(this, props, heartbeatAlarms(props.platform, from));
      makeSymptom(this, props, heartbeatSymptom(from));
    }
  }
}
