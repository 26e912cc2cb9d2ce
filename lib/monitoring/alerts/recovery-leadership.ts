import type { Alert } from './alert';
import { hasManagedDatabase } from './database';
import { own, unlessStandingBy, whileLeading } from './promql';
import { newestSignOf, signOf } from './promql-parts';

const OF_LEADERSHIP = { component: 'leadership', team: 'ops' } as const;
const EVERY_PLATFORM = { ...OF_LEADERSHIP, appliesTo: () => true } as const;
const WITH_DATABASE = { ...OF_LEADERSHIP, appliesTo: hasManagedDatabase } as const;

/** Slots through which replicas read; that of the archive is a logical one. */
const REPLICA_SLOTS = 'slot_type="physical"';

/** Who leads, and whether the other region could. */
export const LEADERSHIP_ALERTS: readonly Alert[] = [
  {
    ...EVERY_PLATFORM,
    name: 'LeaseNotRenewed',
    severity: 'critical',
    // The sign itself comes only after a whole lease without a renewal; two values are no slip of the measurement.
    forSeconds: 60,
    expression: (context) => signOf(context, 'aws_holdfast_lease_not_renewed_maximum'),
    summary: 'The record of leadership stands still: nobody renews the lease.',
    description:
      'For longer than a lease no region has renewed it: the region that leads is gone or cannot reach the table, and takes no writes. The other one takes over by itself unless a gate forbids it.',
    panel: 'recovery/lease',
  },
  {
    ...WITH_DATABASE,
    name: 'FenceClosed',
    severity: 'critical',
    forSeconds: 120,
    expression: (context) => signOf(context, 'aws_holdfast_fence_closed_maximum'),
    summary: 'This region leads, and its database takes no writes.',
    description:
      'The fence of the writer is closed: its agent does not renew, the database does not answer the agent, or a switchover is under way. Every write of the application fails.',
    panel: 'recovery/fence',
  },
  {
    ...EVERY_PLATFORM,
    name: 'FailoverGateRefused',
    severity: 'critical',
    // A person is waited for: each minute is one without writes.
    forSeconds: 0,
    expression: (context) => signOf(context, 'aws_holdfast_gate_refused_maximum'),
    summary: 'A takeover is due, and this region waits for a person.',
    description:
      'A gate forbids the takeover: the replica is too far behind, leadership is frozen, or it moved within the last hour. Nobody takes writes until a person decides.',
    panel: 'recovery/gate',
  },
  {
    ...EVERY_PLATFORM,
    name: 'LeadershipUnsettled',
    severity: 'warning',
    // A rebuilding takes as long as a copy of the database; less than this says nothing.
    forSeconds: 1800,
    expression: (context) => newestSignOf(context, 'aws_holdfast_leadership_unsettled_maximum'),
    summary: 'A move of leadership does not end.',
    description:
      'Leadership has been in another state than SERVING or PROTECTED for half an hour: a step of a takeover, a switchover or a rebuilding does not end.',
    panel: 'recovery/state',
  },
  {
    ...EVERY_PLATFORM,
    name: 'StandbyUnfit',
    severity: 'critical',
    // A restart of the replica or of a task is over by then.
    forSeconds: 600,
    expression: (context) => signOf(context, 'aws_holdfast_standby_unfit_maximum'),
    summary: 'This region could not take over if the other one were lost now.',
    description:
      'All is well, and the agent says that a takeover would fail: the replica is behind, away or was promoted, or RDS is busy with it. The platform has no protection against the loss of a region.',
    panel: 'recovery/state',
  },
  {
    ...WITH_DATABASE,
    name: 'ReplicationLagHigh',
    severity: 'warning',
    forSeconds: 300,
    // At the gate the region cannot take over without a person; half of it leaves time, and is well within the RPO, which
    // a platform file may not set below the gate.
    threshold: { value: ({ leadership }) => leadership.lagGateSeconds / 2, unit: 's' },
    expression: (context) =>
      `max(aws_holdfast_replication_lag_seconds_maximum${own(context)}) > ${context.threshold}`,
    summary: 'The replica of this region is behind the writer.',
    description:
      'It is {{ humanizeDuration $value }} behind, more than {threshold} for five minutes. If the writer were lost now, what it wrote in that time would be missing here until it is salvaged.',
    panel: 'recovery/replication-lag',
  },
  {
    ...WITH_DATABASE,
    name: 'ReplicationBroken',
    severity: 'critical',
    // RDS restarts a replica, or moves the writer to its spare, within this.
    forSeconds: 300,
    expression: (context) => {
      const slots = `pg_replication_slots_slot_is_active${own(context, REPLICA_SLOTS)}`;
      const noReplica = `max(pg_replication_is_replica${own(context)}) == 0 and max(aws_holdfast_leads_maximum${own(context)}) == 0`;
      const noneAtAll = `max(pg_up${own(context)}) == 1 unless max(${slots})`;
      return [
        noReplica,
        unlessStandingBy(context, `max by (slot_name) (${slots}) == 0`),
        whileLeading(context, noneAtAll),
      ]
        .map((part) => `(${part})`)
        .join(' or ');
    },
    summary: 'Nothing replicates from the writer to the other region.',
    description:
      'No replica reads from the writer, or the database of this region is a replica no more although the region does not lead. Everything written from now on exists in one region only, and in the archive.',
    panel: 'recovery/replication-lag',
  },
];
