import { AWS_REGIONS, MRSC_SETS } from '../aws-regions';
import { oneOf } from '../suggest';
import {
  closedAfterSeconds,
  fencingMarginSeconds,
  PROMOTION_ALLOWANCE_SECONDS,
  writableWithinSeconds,
} from '../timings';
import type { Rule } from './rule';

const AT = (key: string) => ['leadership', key] as const;

const sets = MRSC_SETS.map((set) => oneOf(set, 'and')).join(' / ');

/** Regions that make a set of three with home and standby. */
const fittingWitnesses = (home: string, standby: string): string[] =>
  MRSC_SETS.filter((set) => set.includes(home) && set.includes(standby)).flatMap((set) =>
    set.filter((name) => name !== home && name !== standby),
  );

/** @param witnesses that fit home and standby, if only the witness does not */
function wayOut(witness: string, witnesses: readonly string[]): string {
  const inSet = MRSC_SETS.some((set) => set.includes(witness));
  if (witnesses.length > 0) {
    const other = inSet ? ', or choose three of one set in leadership.regions, the witness among them' : '';
    return `Take ${oneOf(witnesses)} as the witness${other}.`;
  }
  return inSet
    ? 'Choose three of one set in leadership.regions, the witness among them, or another witness with three of its set.'
    : `No set has ${witness}: take a witness of one set, and choose three of that set in leadership.regions, the witness among them.`;
}

/** The table lives in the stack of the witness, and DynamoDB keeps only certain regions strongly consistent. */
export const tableRegions: Rule = function* ({ document: { leadership, regions }, written }) {
  const places = [regions.home.name, regions.standby.name, regions.witness.name];
  const chosen = leadership.regions ?? places;
  const path = written(AT('regions'), ['regions']);
  const because = [
    ['regions', 'home', 'name'],
    ['regions', 'standby', 'name'],
    ['regions', 'witness', 'name'],
  ];
  // Regions that do not exist, or two places in one, are reported where they are given.
  if (
    !leadership.regions &&
    places.some((name, i) => !AWS_REGIONS.includes(name) || places.indexOf(name) < i)
  )
    return;
  if (new Set(chosen).size < chosen.length) {
    yield { path, message: `${chosen.join(', ')}: the leadership table needs three different regions.` };
    return;
  }
  if (!chosen.includes(regions.witness.name)) {
    yield {
      path,
      because,
      message: `${chosen.join(', ')} must contain the witness, ${regions.witness.name}: the table is deployed there.`,
    };
  }
  if (!MRSC_SETS.some((set) => chosen.every((name) => set.includes(name)))) {
    // With home and standby in one set only the witness is in the wrong place.
    const witnesses = leadership.regions ? [] : fittingWitnesses(regions.home.name, regions.standby.name);
    yield {
      path: witnesses.length > 0 ? ['regions', 'witness', 'name'] : path,
      because,
      message: `the leadership table cannot be in ${oneOf(chosen, 'and')}: DynamoDB keeps three regions strongly consistent only within one of these sets: ${sets}. ${wayOut(regions.witness.name, witnesses)}`,
    };
  }
};

export const fencingMargin: Rule = function* ({ document: { leadership } }) {
  if (fencingMarginSeconds(leadership) > 0) return;
  const closed = closedAfterSeconds(leadership);
  yield {
    path: AT('watchSeconds'),
    because: [AT('leaseSeconds'), AT('enforceSeconds')],
    message: `${leadership.watchSeconds} s leave no fencing margin: sessions of the other side may last T + 2E = ${closed} s; allowed: more than ${closed}.`,
  };
};

/**
 * A lease must outlive one renewal that fails: two polls, and one attempt of 3 s at each of the three replicas of the
 * table, rounded up.
 */
const FAILED_RENEWAL_SECONDS = 10;

export const leaseOutlivesAPoll: Rule = function* ({ document: { leadership }, written }) {
  const least = 2 * leadership.pollSeconds + FAILED_RENEWAL_SECONDS;
  if (leadership.leaseSeconds >= least) return;
  yield {
    path: written(AT('leaseSeconds'), AT('pollSeconds')),
    because: [AT('leaseSeconds'), AT('pollSeconds')],
    message: `a lease of ${leadership.leaseSeconds} s does not outlive one failed renewal at a poll of ${leadership.pollSeconds} s; allowed: at least two polls and ${FAILED_RENEWAL_SECONDS} s, ${least} s.`,
  };
};

/** Objectives that the timings cannot keep. Only where a database is promoted. */
export const reachableObjectives: Rule = function* ({
  document: { leadership, objectives, database },
  written,
}) {
  if (database?.kind !== 'managed') return;
  const because = [['leadership'], ['database']];
  const bound = writableWithinSeconds(leadership);
  const least = bound + PROMOTION_ALLOWANCE_SECONDS;
  const asked = [
    { path: ['objectives'], ...objectives },
    { path: ['objectives', 'components', 'database'], ...objectives.components.database },
  ];
  for (const { path, rtoSeconds, rpoSeconds } of asked) {
    if (rtoSeconds !== undefined && rtoSeconds < least) {
      yield {
        path: written([...path, 'rtoSeconds'], ['leadership'], path),
        because,
        message: `an RTO of ${rtoSeconds} s cannot be kept: writable takes ${bound} s and the promotion (${PROMOTION_ALLOWANCE_SECONDS} s are reckoned with); allowed: at least ${least}, or a shorter leadership.leaseSeconds.`,
      };
    }
    if (rpoSeconds !== undefined && rpoSeconds < leadership.lagGateSeconds) {
      yield {
        path: written([...path, 'rpoSeconds'], ['leadership'], path),
        because,
        message: `an RPO of ${rpoSeconds} s cannot be kept: a standby up to ${leadership.lagGateSeconds} s behind is promoted; allowed: at least leadership.lagGateSeconds.`,
      };
    }
  }
};
