import type { LeadershipRecord } from '../leader/record';
import { bytesBetween } from '../runtime/lsn';
import type { DatabaseStatus } from './ports';

/** How far a replica is behind what its writer last told. */
export interface Lag {
  /** Undefined: nothing tells, because the writer was never seen or no heartbeat has arrived. */
  readonly seconds: number | undefined;
  /** Undefined: the writer never told its position. */
  readonly bytes: bigint | undefined;
}

/**
 * Both times are of the writer's clock: the last one that it put into the record, and the last heartbeat that was
 * replayed here. A replica that has replayed the writer's last position is not behind, however old its heartbeat is.
 */
export function lagOf(record: LeadershipRecord, replica: DatabaseStatus): Lag {
  const bytes = record.walLsn === null ? undefined : bytesBetween(replica.lsn, record.walLsn);
  if (bytes !== undefined && bytes <= 0n) return { seconds: 0, bytes: 0n };
  if (record.databaseTime === null || replica.heartbeatMs === null) return { seconds: undefined, bytes };
  const behind = (Date.parse(record.databaseTime) - replica.heartbeatMs) / 1000;
  return { seconds: Math.max(0, behind), bytes };
}
