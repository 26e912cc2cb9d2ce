import { renewed, serving } from '../../leader/steps';
import type { Decision } from '../decision';
import { isPromotable, isPromotedReplica } from '../limitation';
import { ifKnown, whyNot } from '../observation';
import type { DatabaseStatus } from '../ports';
import { mayTry, type Situation } from '../situation';
import { leaseOf, obstacle, positionOf, takesWrites, ttlSeconds, unfit } from './lease';

/** Between two requests of this run for the same thing, in milliseconds. */
const REST_MS = 10_000;

/** The archiver makes the slot as soon as it can, and records the gap in its chain. */
const NO_SLOT =
  'Its archive has no slot yet: what is committed until there is one is in no archive, and only in the database.';

/**
 * The promotion may have been asked for, so there is one way only: on. The services are scaled up beside it, and the
 * lease is opened only in a database that says itself that it is a primary.
 */
export function promote(situation: Situation): Decision {
  const { settings, seen } = situation;
  const database = ifKnown(seen.database);
  if (database && !database.inRecovery) return openFor(situation, database);
  const instance = ifKnown(seen.instance);
  if (instance && isPromotable(instance) && mayTry(situation, 'promote', REST_MS)) {
    return {
      action: { kind: 'promote' },
      sentence: `${settings.own} asks RDS for the promotion.`,
      again: true,
    };
  }
  const sentence = `${settings.own} is being promoted. ${stateOf(situation)}`;
  if (!situation.memory.done.has('scale-up') && mayTry(situation, 'scale-up', REST_MS)) {
    return { action: { kind: 'scale-up' }, sentence: `${sentence} Its services are scaled up meanwhile.` };
  }
  return { sentence };
}

function stateOf({ seen, settings }: Situation): string {
  if (!seen.instance?.known) return `RDS tells nothing of it. ${whyNot(seen.instance)}`;
  const instance = seen.instance.value;
  return instance
    ? `Its database is ${instance.status}.`
    : `There is no database instance in ${settings.own}.`;
}

function openFor(situation: Situation, database: DatabaseStatus): Decision {
  const { record, settings } = situation;
  const { lease } = database;
  if (lease.epoch === record.epoch && takesWrites(database)) return begin(situation, database);
  const why = closedFor(situation, database);
  if (why !== undefined) return { sentence: why };
  const next = renewed(record, {
    ...positionOf(database),
    ttlSeconds: ttlSeconds(situation, database),
    enforceSeconds: database.enforceSeconds,
  });
  return {
    next,
    action: { kind: 'open', lease: leaseOf(next, database, settings.leaseSeconds) },
    sentence: `${settings.own} is promoted and opens its lease at epoch ${record.epoch}.`,
    again: true,
  };
}

function closedFor(situation: Situation, database: DatabaseStatus): string | undefined {
  const { settings, record } = situation;
  if (database.lease.epoch === record.epoch) return obstacle(situation, database);
  // What was seen to replay a log when it was claimed was no side that was left, even if the last lease never reached it.
  const replayed = record.promotedFrom?.replayLsn != null && isPromotedReplica(database, 0);
  if (!replayed && !isPromotedReplica(database, record.epoch - 1)) {
    return `The database in ${settings.own} is one that was left in a move, and no promoted replica: it stays closed.`;
  }
  return unfit(situation, database);
}

function begin(situation: Situation, database: DatabaseStatus): Decision {
  const { record, settings } = situation;
  const next = serving(record, {
    ...positionOf(database),
    ttlSeconds: ttlSeconds(situation, database),
    enforceSeconds: database.enforceSeconds,
  });
  const unarchived = database.archiveMissing === true ? ` ${NO_SLOT}` : '';
  const sentence = `${settings.own} leads epoch ${record.epoch} and takes writes.${unarchived}`;
  return {
    next,
    action: { kind: 'renew', lease: leaseOf(next, database, settings.leaseSeconds) },
    sentence,
    page: `${sentence} The other side was left: when it is back, say: npx holdfast failback.`,
    again: true,
  };
}
