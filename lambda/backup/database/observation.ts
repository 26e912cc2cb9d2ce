import type { LeadershipRecord } from '../../leader/record';
import type { Seen } from '../seen';
import type { Place } from './pairs';
import type { DatabaseSnapshot } from './snapshot';

/** The instance of the own region. */
export interface Instance {
  readonly arn: string;
  /** What RDS knows it by, whatever its name. */
  readonly resourceId: string;
  readonly status: string;
  /** Of what it is a replica; null if it is none. */
  readonly source: string | null;
  /** Days for which its automated backups are kept; 0 if it takes none. */
  readonly retentionDays: number;
}

/** Automated backups that a region gets from an instance of another one. */
export interface Replication {
  readonly sourceArn: string;
  readonly resourceId: string;
  /** `replicating`, `pending`; `retained` once it was stopped. */
  readonly status: string;
  /** Latest time that could be restored from it, in milliseconds since 1970; null while RDS does not say. */
  readonly latestMs: number | null;
}

export interface DatabaseObservation {
  readonly leadership: Seen<LeadershipRecord | undefined>;
  /** Its value is undefined if there is no such instance. */
  readonly instance: Seen<Instance | undefined>;
  readonly snapshots: Readonly<Record<Place, Seen<readonly DatabaseSnapshot[]>>>;
  readonly replications: Readonly<Record<Place, Seen<readonly Replication[]>>>;
}
