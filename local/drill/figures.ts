import { acknowledged } from './account';
import type { Figures, RequestRecord, Sample } from './model';

export interface Trouble {
  /** When it began, in milliseconds since 1970; undefined if nothing was broken. */
  readonly atMs?: number;
  /** What synth prints for the timings in use, in seconds, without the promotion. */
  readonly boundSeconds?: number;
  /** How long RDS took to promote the replica, in seconds: what AWS gives no time for. */
  readonly promotionSeconds?: number;
}

/** When a database took writes again under a higher epoch than before the trouble; undefined if none did. */
export function writableAt(samples: readonly Sample[], { atMs }: Trouble): number | undefined {
  if (atMs === undefined) return undefined;
  const before = samples.findLast((one) => one.atMs <= atMs && one.record)?.record?.epoch;
  if (before === undefined) return undefined;
  return samples.find(
    ({ atMs: at, record, databases }) =>
      at > atMs && record && record.epoch > before && databases[record.holder].open,
  )?.atMs;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** @param missing identifiers of acknowledged writes that the new writer lacks */
export function figuresOf(
  records: readonly RequestRecord[],
  missing: ReadonlySet<string>,
  trouble: Trouble,
): Figures {
  const writes = acknowledged(records);
  const { atMs, boundSeconds, promotionSeconds } = trouble;
  const firstAfter = atMs === undefined ? undefined : firstOfNewEpoch(writes, atMs);
  return {
    ...(atMs !== undefined && firstAfter !== undefined ? { rtoSeconds: (firstAfter - atMs) / 1000 } : {}),
    ...(boundSeconds === undefined ? {} : { boundSeconds }),
    ...(promotionSeconds === undefined ? {} : { promotionSeconds }),
    ...(atMs === undefined ? {} : { rpoSeconds: rpoMs(writes, missing, atMs) / 1000 }),
    longestGapSeconds: longestGap(records, writes) / 1000,
    requests: records.filter(({ retried }) => !retried).length,
    failed: records.filter(({ retried, status }) => !retried && status !== 200).length,
    failedAfterRetry: records.filter(({ retried, status }) => retried && status !== 200).length,
    latencyMs: latencyOf(records),
  };
}

function latencyOf(records: readonly RequestRecord[]): Figures['latencyMs'] {
  const answered = records.filter(({ status }) => status === 200);
  const sorted = answered.map(({ sentMs, endedMs }) => endedMs - sentMs).sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/** A side that is cut off goes on to take writes for a while: then the last one that is missing is later than the trouble. */
function rpoMs(writes: readonly RequestRecord[], missing: ReadonlySet<string>, atMs: number): number {
  const lacking = writes.filter(({ id }) => id !== undefined && missing.has(id)).map((one) => one.endedMs);
  const [oldest] = lacking;
  return oldest === undefined ? 0 : Math.max(atMs, lacking.at(-1) ?? oldest) - oldest;
}

function firstOfNewEpoch(writes: readonly RequestRecord[], atMs: number): number | undefined {
  const before = Math.max(
    0,
    ...writes.filter(({ endedMs }) => endedMs <= atMs).map(({ epoch = 0 }) => epoch),
  );
  return writes.find(({ epoch = 0, endedMs }) => endedMs > atMs && epoch > before)?.endedMs;
}

/** Also before the first and after the last: writes that never come back are the longest gap of all. */
function longestGap(records: readonly RequestRecord[], writes: readonly RequestRecord[]): number {
  if (records.length === 0) return 0;
  const begin = records.reduce((first, { sentMs }) => Math.min(first, sentMs), Number.POSITIVE_INFINITY);
  const end = records.reduce((last, { endedMs }) => Math.max(last, endedMs), begin);
  const times = [begin, ...writes.map(({ endedMs }) => endedMs), end];
  return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
}
