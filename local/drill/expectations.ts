import type { Expectation } from '../../lib/drill/model';
import { longestBlindness } from './blindness';
import type { Figures } from './model';
import { readsOf } from './reads';
import type { Evidence } from './scenario';

/** What a platform that is trusted with data must show. Each is a function, so that a scenario names what it expects. */

type Expect = (evidence: Evidence) => Expectation;

const seconds = (value: number | undefined): string =>
  value === undefined ? 'never' : `${value.toFixed(1)} s`;
/** Sampling, and the load's own steps. */
const TOLERANCE_SECONDS = 1;
/** Writes at the end that tell where clients are. */
const LAST_WRITES = 50;

export const neverTwoWriters: Expect = ({ account: { doubled, acknowledged } }) => ({
  name: 'No two regions accepted writes at the same time',
  held: doubled === 0,
  found: `${doubled} of ${acknowledged} acknowledged writes began under an epoch that had ended`,
});

/**
 * For longer nobody may have looked, or both could have been open unseen: a look takes a second at most, a machine that is
 * busy may take twice as long, and a lease that was opened wrongly lasts for 15 s at least.
 */
const BLIND_SECONDS = 4;

/** Looks at the databases themselves: also a moment in which nobody wrote counts, and one in which nobody could see does not. */
export const neverTwoOpen: Expect = ({ samples }) => {
  const both = samples.filter(({ databases: { home, standby } }) => home.open && standby.open).length;
  const blind = longestBlindness(samples);
  return {
    name: 'The databases of the two regions were never open at the same time',
    held: both === 0 && samples.length > 0 && blind <= BLIND_SECONDS,
    found: `both were open in ${both} of ${samples.length} looks; for ${seconds(blind)} at most no look could tell`,
  };
};

/** Rows are looked for by those who were told that they had been taken. */
export const readsSeeWrites: Expect = ({ requests }) => {
  const { asked, blind, later } = readsOf(requests);
  return {
    name: 'Reads find every row that the same leader had acknowledged before',
    held: blind === 0 && asked > 0,
    found: `${blind} of ${asked} reads did not; under a later epoch ${later} did not find a row`,
  };
};

/** Without the replica everything since the archive's end would be lost: it must not have stood still. */
export const archiveKeptUp: Expect = ({ figures: { archiveBehindSeconds }, archiveBoundSeconds }) => ({
  name: 'The archive of the epoch that was left ends shortly before the trouble',
  held:
    archiveBoundSeconds === undefined ||
    (archiveBehindSeconds !== undefined && archiveBehindSeconds <= archiveBoundSeconds),
  found:
    archiveBoundSeconds === undefined
      ? 'not asked: the platform has no archive, or nothing is missing and the region that was left is gone'
      : archiveBehindSeconds === undefined
        ? 'nobody can say where it ends'
        : `it ends ${seconds(archiveBehindSeconds)} before, and may end ${seconds(archiveBoundSeconds)} before`,
});

/** A side that is cut off goes on to take writes: its archive has them. */
export const somethingSalvaged: Expect = ({ account: { acknowledged, present, salvaged } }) => ({
  name: 'Salvage lists writes that the side that was cut off took',
  held: salvaged > 0,
  found: `${salvaged} of ${acknowledged - present} that are missing are listed`,
});

export const nothingUnexplained: Expect = ({ account }) => ({
  name: 'Every acknowledged write is present, salvaged, or listed as lost',
  held: account.unexplained === 0 && account.acknowledged > 0,
  found: `${account.acknowledged} acknowledged: ${account.present} present, ${account.salvaged} salvaged, ${account.lost} listed as lost, ${account.unexplained} unexplained`,
});

export const nothingLost: Expect = ({ account: { acknowledged, present } }) => ({
  name: 'No acknowledged write is missing',
  held: present === acknowledged && acknowledged > 0,
  found: `${present} of ${acknowledged} are in the database that leads`,
});

/** Jobs have no key: one that two workers committed, in one region or in both, is there twice. */
export const noJobTwice: Expect = ({ jobs }) => ({
  name: 'No job was committed twice',
  held: jobs === undefined || (jobs.twice.length === 0 && jobs.committed > 0),
  found:
    jobs === undefined
      ? 'the platform has no queue'
      : `${jobs.committed} jobs were committed, ${jobs.by.home} times by home and ${jobs.by.standby} times by standby; ${jobs.twice.length} of them twice`,
});

/** That none was done twice says nothing where only one of the regions ever worked. */
export const jobsBeforeAndAfter: Expect = ({ jobs }) => ({
  name: 'Jobs were committed by the region that led and by the one that took over',
  held: jobs === undefined || (jobs.by.home > 0 && jobs.by.standby > 0),
  found:
    jobs === undefined
      ? 'the platform has no queue'
      : `${jobs.by.home} were committed by home and ${jobs.by.standby} by standby`,
});

/** The bound that synth prints, which is without the promotion, and the promotion as long as it took. */
export const writableWithinTheBound: Expect = ({ troubleMs, writableMs, figures }) => {
  const took =
    troubleMs !== undefined && writableMs !== undefined ? (writableMs - troubleMs) / 1000 : undefined;
  const bound = (figures.boundSeconds ?? 0) + (figures.promotionSeconds ?? 0);
  return {
    name: 'The other region takes writes within the bound that synth prints',
    held: took !== undefined && took <= bound + TOLERANCE_SECONDS,
    found: `writable after ${seconds(took)}; the bound is ${seconds(figures.boundSeconds)} and the promotion, which took ${seconds(figures.promotionSeconds)}`,
  };
};

/** Clients end where the database takes writes: in the region that did not lead at the beginning. */
export const servedByTheOther: Expect = ({ samples, requests }) => {
  const first = samples.find(({ record }) => record)?.record?.holder;
  const last = requests.filter(({ kind, retried }) => kind === 'write' && !retried).slice(-LAST_WRITES);
  const good = last.filter(({ status, by }) => status === 200 && by !== undefined && by !== first);
  return {
    name: 'At the end clients write in the other region',
    held: last.length === LAST_WRITES && good.length >= LAST_WRITES * 0.95,
    found: `${good.length} of the last ${last.length} writes were taken there`,
  };
};

/** Both sides are there again, and one of them follows. */
export const protectedAgain: Expect = ({ samples }) => {
  const last = samples.at(-1);
  return {
    name: 'The platform is protected again',
    held:
      last?.record?.state === 'PROTECTED' &&
      [last.databases.home.role, last.databases.standby.role].sort().join() === 'primary,replica',
    found: `the record says ${last?.record?.state ?? 'nothing'}; home is ${last?.databases.home.role}, standby ${last?.databases.standby.role}`,
  };
};

/** Nobody moved: what a fault that heals by itself must not cause. */
export const nobodyMoved: Expect = ({ samples }) => {
  const epochs = [...new Set(samples.flatMap(({ record }) => record?.epoch ?? []))];
  return {
    name: 'Leadership did not move',
    held: epochs.length === 1,
    found: `epochs seen: ${epochs.join(', ') || 'none'}`,
  };
};

/** @param most failed requests, of those that may be repeated once */
export const failedAfterOneRetry =
  (most: number): Expect =>
  ({ figures: { failed, failedAfterRetry, requests } }) => ({
    name: `At most ${most} requests fail for clients that repeat a request once`,
    held: failedAfterRetry <= most && requests > 0,
    found: `${failedAfterRetry} of ${requests} failed twice; ${failed} failed at the first time`,
  });

/** Whoever drains what it replaces lets no request fail, also for clients that never repeat one. */
export const noneFailed: Expect = ({ figures: { failed, requests } }) => ({
  name: 'No request fails, also for clients that repeat none',
  held: failed === 0 && requests > 0,
  found: `${failed} of ${requests} failed at the first time`,
});

/** Part of the rate that a load may lack at its ends, where requests are begun or cut off. */
const RATE_TOLERANCE = 0.05;

/** A load that its own machine cannot send proves nothing about what it was sent to. */
export const atTheRate: Expect = ({ requests, perSecond }) => {
  const sent = requests
    .filter(({ retried }) => !retried)
    .map(({ sentMs }) => sentMs)
    .sort((a, b) => a - b);
  const lastedSeconds = ((sent.at(-1) ?? 0) - (sent[0] ?? 0)) / 1000;
  const rate = lastedSeconds > 0 ? sent.length / lastedSeconds : 0;
  return {
    name: `${perSecond} requests a second were sent`,
    held: rate >= perSecond * (1 - RATE_TOLERANCE),
    found: `${rate.toFixed(0)} a second, ${sent.length} in all`,
  };
};

/** @param limits in milliseconds, for answers of success: half of them, 95 and 99 of 100 */
export const answeredWithin =
  (limits: Figures['latencyMs']): Expect =>
  ({ figures: { latencyMs: found }, requests }) => {
    const isAnswered = requests.some(({ status }) => status === 200);
    return {
      name: `Answers within ${limits.p50} ms (half), ${limits.p95} ms (95 %) and ${limits.p99} ms (99 %)`,
      held: isAnswered && found.p50 <= limits.p50 && found.p95 <= limits.p95 && found.p99 <= limits.p99,
      found: isAnswered ? `${found.p50} ms, ${found.p95} ms and ${found.p99} ms` : 'nobody was answered',
    };
  };

/** A planned move stops the writes for a moment. The time is told, and bounded by what a person would call one. */
export const writesPausedAtMost =
  (most: number): Expect =>
  ({ figures: { longestGapSeconds } }) => ({
    name: `Writes paused for at most ${most} s`,
    held: longestGapSeconds <= most,
    found: `the longest time without an acknowledged write was ${seconds(longestGapSeconds)}`,
  });
