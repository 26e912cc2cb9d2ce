import { isProtected, type State } from '../../leader/record';
import type { Decision, Signal } from '../decision';
import { ifKnown, type Observation } from '../observation';
import { type Situation, watchedMs } from '../situation';
import { finishClaim } from './claimed';
import { drain, handOver } from './draining';
import { takesWrites } from './lease';
import { promote } from './promoting';
import { rebuild } from './rebuilding';
import { serve } from './serving';
import { leaveAlone, reclaim, watch } from './watching';

/**
 * What one agent does next. It is a reconciler and no script: what comes out depends on what is, and on nothing that an
 * earlier turn meant to do, so that a crash anywhere, a second agent or a late run all converge to the same end.
 *
 * What keeps two regions from writing is not decided here. It rests on the record (a change of holder is a conditional
 * write after a full watch), on the fence (no lease, no writes) and on their order: the record is always written first.
 */

type Part = (situation: Situation) => Decision;

const AS_HOLDER: Readonly<Record<State, Part>> = {
  SERVING: serve,
  PROTECTED: serve,
  REBUILDING: serve,
  DRAINING: drain,
  HANDOFF: handOver,
  CLAIMED: finishClaim,
  PROMOTING: promote,
};

const AS_OTHER: Readonly<Record<State, Part>> = {
  SERVING: watch,
  PROTECTED: watch,
  DRAINING: watch,
  HANDOFF: watch,
  REBUILDING: rebuild,
  CLAIMED: reclaim,
  PROMOTING: leaveAlone,
};

/** Pure: the same situation has the same outcome. */
export function decide(situation: Situation): Decision {
  const { record, settings } = situation;
  const parts = record.holder === settings.own ? AS_HOLDER : AS_OTHER;
  const decision = parts[record.state](situation);
  const signals = [
    ...(decision.signals ?? []),
    ...ofTheRecord(situation),
    ...ofTheFence(situation),
    ...ofTheReplica(situation, decision),
  ];
  return { ...second(decision, situation), signals };
}

/**
 * A closed database in which sessions live on: its own job ends them within 2E, and if that job does not run, the agent
 * does. A transaction that is past its last check could otherwise commit whenever it likes.
 */
export const mustEndSessions = (seen: Observation): boolean => {
  const database = ifKnown(seen.database);
  return (
    database !== undefined && !database.inRecovery && !takesWrites(database) && database.fencedSessions > 0
  );
};

/** What else is to be done comes first: it is this turn's, and the sessions are looked at again in the next. */
const second = (decision: Decision, { seen }: Situation): Decision =>
  decision.action === undefined && mustEndSessions(seen)
    ? { ...decision, action: { kind: 'end-sessions' } }
    : decision;

/** A holder whose database takes no writes, or of which nothing is known. */
function ofTheFence({ record, settings, managed, seen }: Situation): Signal[] {
  if (record.holder !== settings.own || !managed) return [];
  const database = ifKnown(seen.database);
  return database && takesWrites(database) ? [] : ['fenceClosed'];
}

/** A platform that counts as protected and is not: somebody must hear of that while all is well. */
function ofTheReplica({ record, settings }: Situation, { limitation }: Decision): Signal[] {
  const watches = record.holder !== settings.own && isProtected(record) && !record.frozen;
  return watches && limitation !== undefined ? ['standbyUnfit'] : [];
}

/** What the record alone tells the alarms. */
function ofTheRecord(situation: Situation): Signal[] {
  const { record } = situation;
  const settled = record.state === 'SERVING' || record.state === 'PROTECTED';
  const silent = watchedMs(situation) > record.ttlSeconds * 1000;
  return [...(settled ? [] : (['unsettled'] as const)), ...(silent ? (['leaseNotRenewed'] as const) : [])];
}
