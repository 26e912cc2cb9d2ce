import { acknowledged } from './account';
import type { RequestRecord } from './model';

/** What reads of acknowledged rows found. */
export interface Reads {
  /** Reads that began after the row had been acknowledged, answered by the leader that took it: same epoch, same region. */
  readonly asked: number;
  /** Of these, those that did not find the row. Must be none. */
  readonly blind: number;
  /** Reads under a later epoch that did not find a row: it may be missing there, which the account tells. */
  readonly later: number;
}

export function readsOf(requests: readonly RequestRecord[]): Reads {
  const writes = new Map(acknowledged(requests).map((one) => [one.id, one]));
  const counts = { asked: 0, blind: 0, later: 0 };
  for (const { kind, id, found, sentMs, epoch, by } of requests) {
    const write = kind === 'read' && found !== undefined ? writes.get(id) : undefined;
    if (write?.epoch === undefined || epoch === undefined || write.endedMs > sentMs) continue;
    if (epoch === write.epoch && by === write.by) {
      counts.asked += 1;
      if (!found) counts.blind += 1;
    } else if (epoch > write.epoch && !found) counts.later += 1;
  }
  return counts;
}
