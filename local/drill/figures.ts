import { acknowledged } from './account';
import type { Figures, RequestRecord, Sample } from './model';

export interface Trouble {
  /** When it began, in milliseconds since 1970; undefined if nothing was broken. */
  readonly atMs?: number;
  /** What synth prints for the timings in use, in seconds, without the promotion. */
  readonly boundSeconds?: number;
}

/** When a database took writes again under a higher epoch than before the trouble; undefined if none did. */
export function writableAt(samples: readonly Sample[], { atMs }: Trouble): number | undefined {
  if (atMs === undefined) return undefined;
  const before = samples.filter((one) => one.atMs <= atMs).at(-1)?.record?.epoch ?? 0;
  return samples.find(
    ({ atMs: at, record, databases }) =>
      at > atMs && record && record.epoch > before && databases[record.holder].open,
  )?.atMs;
}

/** From the claim to the database that is no replica any more: what AWS gives no time for. */
function promotionSeconds(samples: readonly Sample[], { atMs = 0 }: Trouble): number | undefined {
  const after = samples.filter((one) => one.atMs >= atMs);
  const began = after.find(({ record }) => record?.state === 'PROMOTING');
  const ended =
    began &&
    after.find(
      (one) => one.atMs > began.atMs && one.record && one.databases[one.record.holder].role === 'primary',
    );
  return began && ended ? (ended.atMs - began.atMs) / 1000 : undefined;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** @param missing identifiers of acknowledged writes that the new writer lacks */
export function figuresOf(
  records: readonly RequestRecord[],
  samples: readonly Sample[],
  missing: ReadonlySet<string>,
  trouble: Trouble,
): Figures {
  const writes = acknowledged(records);
  const { atMs, boundSeconds } = trouble;
  const firstAfter = atMs === undefined ? undefined : firstOfNewEpoch(writes, atMs);
  const oldest = writes.find(({ id }) => id !== undefined && missing.has(id));
  const promotion = promotionSeconds(samples, trouble);
  const answered = records.filter(({ status }) => status === 200);
  const latencies = answered.map(({ sentMs, endedMs }) => endedMs - sentMs).sort((a, b) => a - b);
  return {
    ...(atMs !== undefined && firstAfter !== undefined ? { rtoSeconds: (firstAfter - atMs) / 1000 } : {}),
    ...(boundSeconds === undefined ? {} : { boundSeconds }),
    ...(promotion === undefined ? {} : { promotionSeconds: promotion }),
    ...(atMs === undefined ? {} : { rpoSeconds: oldest ? Math.max(0, (atMs - oldest.endedMs) / 1000) : 0 }),
    longestGapSeconds: longestGap(writes) / 1000,
    requests: records.filter(({ retried }) => !retried).length,
    failed: records.filter(({ retried, status }) => !retried && status !== 200).length,
    failedAfterRetry: records.filter(({ retried, status }) => retried && status !== 200).length,
    latencyMs: {
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
    },
  };
}

function firstOfNewEpoch(writes: readonly RequestRecord[], atMs: number): number | undefined {
  const before = Math.max(
    0,
    ...writes.filter(({ endedMs }) => endedMs <= atMs).map(({ epoch = 0 }) => epoch),
  );
  return writes.find(({ epoch = 0, endedMs }) => endedMs > atMs && epoch > before)?.endedMs;
}

function longestGap(writes: readonly RequestRecord[]): number {
  const times = writes.map(({ endedMs }) => endedMs);
  return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
}
