import type { LeadershipRecord } from '../leader/record';

/** Where leadership is read. */
export interface LeadershipReader {
  /**
   * @returns the latest record; undefined if the table has none
   * @throws if the table cannot be read
   */
  read(): Promise<LeadershipRecord | undefined>;
}
