import type { Creation } from '../leader/create';
import type { LeadershipRecord } from '../leader/record';

/** The leadership record, as the first deployment sees it. */
export interface Leadership {
  /** Writes the record if there is none; one that is there stays as it is. */
  createIfAbsent(record: LeadershipRecord): Promise<Creation>;
  read(): Promise<LeadershipRecord | undefined>;
}
