import type { LeadershipRecord } from '../leader/record';

export interface Leadership {
  /**
   * @returns the record; undefined if the table has none
   * @throws if no region of the table answers
   */
  read(): Promise<LeadershipRecord | undefined>;
}

export interface Payloads {
  /**
   * Fetches what CloudFormation has put aside for the hook.
   * @param url signed: whoever has it may read
   * @throws if there is no answer in time, or one that is no JSON
   */
  fetch(url: string): Promise<unknown>;
}
