import type { Operation } from '../../leader/record';
import { renewed } from '../../leader/steps';
import type { Decision } from '../decision';
import { isForced } from '../limitation';
import { ifKnown, whyNot } from '../observation';
import type { DatabaseStatus } from '../ports';
import { inSeconds, isDue, isToCount, knownMs, type Situation } from '../situation';
import { leaseOf, mustOpen, obstacle, positionOf, ttlSeconds } from './lease';
import { nextTask, withoutDone } from './tasks';

/**
 * The holder serves: it renews its lease. Each renewal is read clock, write record, extend limit, in this order: what the
 * other side watches is then never older than what the database was given.
 */
export function serve(situation: Situation): Decision {
  const { settings, seen, managed } = situation;
  const { operation } = situation.record;
  if (operation?.kind === 'force' && !isForced(situation)) return giveUp(situation, operation);
  if (!managed) return serveWithout(situation);
  const database = ifKnown(seen.database);
  if (!database)
    return outage(situation, `The database in ${settings.own} does not answer. ${whyNot(seen.database)}`);
  const why = obstacle(situation, database);
  if (why !== undefined) return outage(situation, why);
  return isDue(situation) || needsLease(situation, database) ? renew(situation, database) : rest(situation);
}

/** The lease in the database did not follow the record: its agent died between the two. */
function needsLease({ record, settings }: Situation, database: DatabaseStatus): boolean {
  const left = database.lease.limitMs - database.clockMs;
  return mustOpen(record, database) || left < settings.leaseSeconds * 500;
}

function renew(situation: Situation, database: DatabaseStatus): Decision {
  const { record, settings } = situation;
  const next = renewed(record, {
    ...positionOf(database),
    ttlSeconds: ttlSeconds(situation, database),
    enforceSeconds: database.enforceSeconds,
    outageSeconds: 0,
    servingSince: record.servingSince ?? positionOf(database).databaseTime,
    pending: withoutDone(situation),
  });
  const opens = mustOpen(record, database);
  const what = opens ? 'opens' : 'renews';
  return {
    next,
    action: { kind: opens ? 'open' : 'renew', lease: leaseOf(next, database, settings.leaseSeconds) },
    sentence: `${settings.own} leads epoch ${record.epoch} and ${what} its lease for ${settings.leaseSeconds} s.`,
    again: next.pending.length > 0 || isToCount(situation),
  };
}

/** The agent that has just renewed has time for what a new holder still has to do; the others leave that to it. */
function rest(situation: Situation): Decision {
  const { record, settings, memory } = situation;
  const short = servicesBelow(situation);
  if (short.length > 0) {
    return {
      action: { kind: 'task', task: 'scale-up' },
      sentence: `${settings.own} leads epoch ${record.epoch} with too few tasks of ${short.join(', ')}: they are raised again.`,
    };
  }
  const task = memory.wrote === record.version ? nextTask(situation) : undefined;
  const leads = `${settings.own} leads epoch ${record.epoch}; its lease is fresh.`;
  return task === undefined
    ? { sentence: leads }
    : { action: { kind: 'task', task }, sentence: `${leads} Left to do: ${task}.` };
}

/** Names of the services that were found below their size for leading; none where they were not counted. */
const servicesBelow = ({ seen }: Situation): readonly string[] =>
  (ifKnown(seen.fleet)?.services ?? [])
    .filter(({ desired, serving }) => desired < serving)
    .map(({ name }) => name);

/**
 * The record goes on without the lease for as long as a failover within the region takes; the database closes by
 * itself meanwhile. The seconds are this run's own, so that no two clocks are compared.
 */
function outage(situation: Situation, why: string): Decision {
  const { record, settings } = situation;
  if (record.outageSeconds >= settings.databaseOutageSeconds) {
    return {
      sentence: `${why} That was so for ${record.outageSeconds} s, so ${settings.own} gives the lease up.`,
    };
  }
  const sentence = `${why} The record is kept for ${settings.databaseOutageSeconds} s (${record.outageSeconds} s so far), the lease is not.`;
  if (!isDue(situation)) return { sentence };
  const outageSeconds = record.outageSeconds + Math.max(1, inSeconds(knownMs(situation)));
  return { next: renewed(record, { outageSeconds }), sentence };
}

/** A person has given the lead to the other side: it watches, so this side falls silent. */
function giveUp({ record, settings, seen }: Situation, { to }: Operation): Decision {
  const database = ifKnown(seen.database);
  const sentence = `A person moves the lead to ${to}: ${settings.own} closes and does not renew.`;
  if (!database || database.inRecovery || database.lease.closed) return { sentence };
  return {
    action: { kind: 'close', lease: { epoch: database.lease.epoch, version: record.version } },
    sentence,
  };
}

function serveWithout(situation: Situation): Decision {
  const { record, settings } = situation;
  if (!isDue(situation)) return rest(situation);
  // There is no database whose clock could be told.
  const databaseTime = new Date(situation.wallMs).toISOString();
  const next = renewed(record, {
    databaseTime,
    servingSince: record.servingSince ?? databaseTime,
    ttlSeconds: settings.leaseSeconds,
    enforceSeconds: settings.enforceSeconds,
    outageSeconds: 0,
    pending: withoutDone(situation),
  });
  return {
    next,
    sentence: `${settings.own} leads epoch ${record.epoch}; there is no managed database to fence.`,
    again: next.pending.length > 0 || isToCount(situation),
  };
}
