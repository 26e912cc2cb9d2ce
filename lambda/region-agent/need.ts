import { hasMoved, type LeadershipRecord } from '../leader/record';
import { isForced } from './limitation';
import type { Part } from './observation';
import { isDue, isToCount, type Situation, watchedMs, watchMs } from './situation';

/**
 * What a turn must look at. Every look is a call to AWS or the database that costs time and quota, and there are some
 * three agents a region: so only what the decision can turn on.
 */

/** How often the other side's application and the own replica's instance are asked while nothing is wrong. */
const QUIET_MS = 30_000;
/** How often the own services are counted on a side that was left. */
const FLEET_MS = 60_000;

type Known = Omit<Situation, 'seen'>;

export function needs(situation: Known): ReadonlySet<Part> {
  const { record, settings, managed } = situation;
  const parts = record.holder === settings.own ? ofTheHolder(situation) : ofTheOther(situation);
  return new Set(managed ? parts : parts.filter((part) => !OF_A_DATABASE.includes(part)));
}

const OF_A_DATABASE: readonly Part[] = ['database', 'instance', 'rebuild'];

function ofTheHolder(situation: Known): Part[] {
  const { record, memory } = situation;
  if (record.state === 'CLAIMED' || record.state === 'PROMOTING') return ['database', 'instance'];
  // In a turn that has nothing to renew, or the look could hold the renewal up.
  const rests = memory.wrote === record.version && !isDue(situation);
  return rests && serves(record) && isToCount(situation) ? ['database', 'fleet'] : ['database'];
}

/** Not while it hands over. */
const serves = ({ state }: LeadershipRecord): boolean => state !== 'DRAINING' && state !== 'HANDOFF';

function ofTheOther(situation: Known): Part[] {
  const { record, settings } = situation;
  if (record.state === 'CLAIMED' || record.state === 'PROMOTING') return ['database'];
  if (isForced(situation)) return ['database', 'instance'];
  if (record.state === 'REBUILDING' && record.operation?.to === settings.own) {
    return ['database', 'rebuild', ...fleet(situation)];
  }
  if (record.state === 'SERVING' && hasMoved(record)) return ['database', ...fleet(situation)];
  return ['database', ...instance(situation), ...probes(situation)];
}

/** RDS is asked in every turn as soon as a takeover may be near. */
function instance(situation: Known): Part[] {
  const { record, memory, nowMs } = situation;
  const near = watchedMs(situation) >= (record.ttlSeconds * 1000) / 2;
  const due = memory.instance === undefined || nowMs - memory.instance.atMs >= QUIET_MS;
  return near || due || record.state === 'HANDOFF' || record.operation !== null ? ['instance'] : [];
}

function probes(situation: Known): Part[] {
  const { memory, nowMs, settings } = situation;
  const due = memory.probedMs === undefined || nowMs - memory.probedMs >= QUIET_MS;
  const full = watchedMs(situation) >= watchMs(situation) - settings.pollSeconds * 1000;
  if (memory.silentSinceMs !== undefined) {
    return settings.failOverOnApplicationOutage
      ? ['fromHere', 'fromWitness', 'ownSide']
      : ['fromHere', 'fromWitness'];
  }
  return due || full ? ['fromHere', 'fromWitness'] : [];
}

function fleet({ memory, nowMs }: Known): Part[] {
  const due = memory.fleetMs === undefined || nowMs - memory.fleetMs >= FLEET_MS;
  return due ? ['fleet'] : [];
}
