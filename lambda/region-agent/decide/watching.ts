import { hasMoved } from '../../leader/record';
import { type ClaimReason, claimed, draining, withdrawn } from '../../leader/steps';
import { bytesBetween } from '../../runtime/lsn';
import type { Decision } from '../decision';
import { isForced, limitation } from '../limitation';
import { ifKnown } from '../observation';
import type { DatabaseStatus } from '../ports';
import { inSeconds, isRenewed, type Situation, watchedMs, watchMs } from '../situation';
import { leftBehind } from './left-behind';

/** If the other side still answers after a full watch, so long is waited for a sign of life of its agent. */
const STILL_ANSWERS_MS = 60_000;
/** An application that answers neither from here nor from the witness for so long is out of order. */
const APPLICATION_OUTAGE_MS = 120_000;

/** This region does not lead and looks after the one that does. */
export function watch(situation: Situation): Decision {
  const { record, seen } = situation;
  const database = ifKnown(seen.database);
  const left = database && !database.inRecovery && !isForced(situation) ? database : undefined;
  if (left || (hasMoved(record) && record.state === 'SERVING' && !isForced(situation))) {
    return leftBehind(situation, left);
  }
  const why = limitation(situation);
  const handed = handedOverFor(situation);
  if (handed !== undefined && why === undefined && hasCaughtUp(situation, database)) {
    return claim(situation, handed);
  }
  if (watchedMs(situation) < watchMs(situation)) {
    return isForced(situation) ? almost(situation, why) : healthy(situation, why);
  }
  return overdue(situation, why);
}

/** @returns for what the holder has handed over to this region; undefined if it has not */
function handedOverFor(situation: Situation): ClaimReason | undefined {
  const { state, operation } = situation.record;
  if (state !== 'HANDOFF' || operation?.to !== situation.settings.own) return undefined;
  const reasons = {
    switchover: 'switchover',
    'application-outage': 'application-outage',
    force: 'forced',
  } as const;
  return operation.kind === 'failback' ? undefined : reasons[operation.kind];
}

function hasCaughtUp({ record, managed }: Situation, replica: DatabaseStatus | undefined): boolean {
  if (!managed) return true;
  return replica !== undefined && record.walLsn !== null && bytesBetween(replica.lsn, record.walLsn) <= 0n;
}

/** The holder has been silent for a full watch: it has closed itself. */
function overdue(situation: Situation, why: string | undefined): Decision {
  const { record, settings, memory } = situation;
  const watched = watchedMs(situation);
  const silent = `${record.holder} has not renewed version ${record.version} for ${inSeconds(watched)} s`;
  if (why !== undefined) {
    return {
      sentence: `${silent}, but ${settings.own} may not take over. ${why}`,
      signals: ['gateRefused'],
      limitation: why,
    };
  }
  const answers = memory.otherAnswers === true && !isForced(situation);
  const left = watchMs(situation) + STILL_ANSWERS_MS - watched;
  if (answers && left > 0) {
    return {
      sentence: `${silent}, but its application answers: ${settings.own} waits ${inSeconds(left)} s more.`,
    };
  }
  return claim(situation, isForced(situation) ? 'forced' : 'takeover');
}

function claim(situation: Situation, reason: ClaimReason): Decision {
  const { record, settings } = situation;
  const silence = inSeconds(watchedMs(situation));
  const why = {
    takeover: `${record.holder} has been silent for ${silence} s`,
    forced: `a person has decided it and ${record.holder} has been silent for ${silence} s`,
    switchover: `${record.holder} has handed over`,
    'application-outage': `the application in ${record.holder} was down and it has handed over`,
  }[reason];
  const sentence = `${settings.own} claims epoch ${record.epoch + 1}: ${why}.`;
  return {
    next: claimed(record, settings.own, reason, sentence),
    sentence,
    page: sentence,
    again: true,
  };
}

/** A person has decided, and the holder falls silent: only the watch is left, which nobody may cut short. */
function almost(situation: Situation, why: string | undefined): Decision {
  const { settings, record } = situation;
  const watched = `${inSeconds(watchedMs(situation))} of ${inSeconds(watchMs(situation))} s`;
  const sentence = `A person moves the lead to ${settings.own}: ${record.holder} has been silent for ${watched}.`;
  return why === undefined ? { sentence } : { sentence: `${sentence} ${why}`, limitation: why };
}

function healthy(situation: Situation, why: string | undefined): Decision {
  const { record, settings, memory, nowMs } = situation;
  const down = memory.silentSinceMs === undefined ? 0 : nowMs - memory.silentSinceMs;
  const fit =
    why === undefined ? `${settings.own} could take over.` : `${settings.own} could not take over. ${why}`;
  const leads = `${record.holder} leads epoch ${record.epoch} (${record.state}). ${fit}`;
  const base = why === undefined ? {} : { limitation: why };
  // Who falls silent as a whole is watched. To ask it to drain would be a write, and a write begins its watch anew.
  if (down < APPLICATION_OUTAGE_MS || !isRenewed(situation)) return { ...base, sentence: leads };
  return applicationOutage(
    situation,
    why,
    `${leads} Its application has not answered for ${inSeconds(down)} s.`,
  );
}

/** The holder's agent and database work and its application does not: a move loses nothing, but a person is better. */
function applicationOutage(situation: Situation, why: string | undefined, sentence: string): Decision {
  const { record, settings, seen } = situation;
  const signals = ['applicationOutage'] as const;
  const base = { signals, ...(why === undefined ? {} : { limitation: why }) };
  const mayDrain = record.state === 'SERVING' || record.state === 'PROTECTED';
  if (!settings.failOverOnApplicationOutage) {
    return { ...base, sentence: `${sentence} The platform file leaves that to a person.` };
  }
  if (why !== undefined || !mayDrain || record.operation !== null) return { ...base, sentence };
  const own = ifKnown(seen.ownSide);
  if (!own?.answers) {
    return {
      ...base,
      sentence: `${sentence} ${own?.sentence ?? 'It is not known whether this side would do better.'}`,
    };
  }
  const asked = `The application in ${record.holder} is down and that in ${settings.own} answers: the lead moves.`;
  const operation = {
    kind: 'application-outage',
    id: `application-outage-${record.version}`,
    to: settings.own,
    sentence: asked,
  } as const;
  return { ...base, next: draining(record, operation), sentence: `${sentence} ${asked}`, page: asked };
}

/**
 * The other side has claimed the lead and then done nothing for a full watch, while the database here works: no
 * promotion was asked for, or the record would say so. The lead comes back.
 */
export function reclaim(situation: Situation): Decision {
  const { record, settings, seen, managed } = situation;
  const database = ifKnown(seen.database);
  const works =
    !managed || (database !== undefined && !database.inRecovery && database.lease.epoch < record.epoch);
  const full = watchedMs(situation) >= watchMs(situation);
  const claims = `${record.holder} has claimed epoch ${record.epoch}`;
  if (!works || !full) return { sentence: `${claims}; ${settings.own} waits for what comes of it.` };
  const sentence = `${claims} and done nothing for ${inSeconds(watchedMs(situation))} s: the lead comes back to ${settings.own}.`;
  return { next: withdrawn(record, sentence), sentence, page: sentence };
}

/** The other side is being promoted: whatever is open here is closed. */
export const leaveAlone = (situation: Situation): Decision => {
  const database = ifKnown(situation.seen.database);
  return leftBehind(situation, database && !database.inRecovery ? database : undefined);
};
