import { abandoned, handedOff, renewed } from '../../leader/steps';
import type { Decision } from '../decision';
import { isForced } from '../limitation';
import { ifKnown, whyNot } from '../observation';
import { inSeconds, inStateMs, isDue, type Situation } from '../situation';

/**
 * After this a draining, and then a handing over, that comes to no end is given up, in milliseconds: for so long nobody
 * can write.
 */
const PATIENCE_MS = 60_000;

/**
 * The holder stops taking writes, for a planned move. It goes on writing the record, so that the other side does not
 * take it for lost, and publishes its position only when no session is left that could still commit.
 */
export function drain(situation: Situation): Decision {
  const { record, settings, seen, managed, memory, nowMs } = situation;
  if (impatient(situation)) return abandon(situation, 'Draining has not come to an end');
  if (!managed) {
    return {
      next: handedOff(record, record.walLsn),
      sentence: `${settings.own} hands over; there is no database to drain.`,
    };
  }
  const database = ifKnown(seen.database);
  if (!database || database.inRecovery) {
    const why = database ? 'It is a replica.' : whyNot(seen.database);
    return stayAlive(situation, `The database in ${settings.own} cannot be drained. ${why}`);
  }
  const { lease, fencedSessions } = database;
  if (!lease.closed) {
    return {
      action: { kind: 'close', lease: { epoch: lease.epoch, version: record.version } },
      sentence: `${settings.own} closes its database for the move to ${settings.other}.`,
      again: true,
    };
  }
  if (fencedSessions > 0) {
    return stayAlive(situation, `${settings.own} is closed; ${fencedSessions} sessions are being ended.`);
  }
  // A commit may fall between the two looks of one observation; what is read a turn later has them all.
  if (memory.drainedSinceMs === undefined || memory.drainedSinceMs === nowMs) {
    return { sentence: `${settings.own} is closed and no session is left.`, again: true };
  }
  return {
    next: handedOff(record, database.lsn),
    sentence: `${settings.own} has drained and hands over at ${database.lsn}.`,
    page: `${settings.own} takes no writes any more and hands over to ${settings.other} at ${database.lsn}.`,
  };
}

/** Nothing is written here any more; the other side replays up to the published position and claims. */
export function handOver(situation: Situation): Decision {
  const { settings, record } = situation;
  if (impatient(situation)) return abandon(situation, `${settings.other} has not claimed the lead`);
  return stayAlive(
    situation,
    `${settings.own} has handed over at ${record.walLsn ?? 'no position'} and waits for ${settings.other}.`,
  );
}

/** A forced move does not come back: a person has decided, and this side stays silent. */
const impatient = (situation: Situation): boolean =>
  situation.record.operation?.kind !== 'force' && inStateMs(situation) >= PATIENCE_MS;

function stayAlive(situation: Situation, sentence: string): Decision {
  const { record } = situation;
  const forced = record.operation?.kind === 'force' && !isForced(situation);
  return isDue(situation) && !forced ? { next: renewed(record, {}), sentence } : { sentence };
}

function abandon(situation: Situation, what: string): Decision {
  const { record, settings } = situation;
  const sentence = `${what} in ${inSeconds(inStateMs(situation))} s: ${settings.own} goes on serving.`;
  return { next: abandoned(record), sentence, page: sentence, again: true };
}
