import type { HistoryEntry, LeadershipRecord, Operation, Reason } from '../../../../lambda/leader/record';
import { firstRecord } from '../../../../lambda/leader/record';

export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';

export const theOther = (region: string): string => (region === HOME ? STANDBY : HOME);

/** When the holder's database was last heard of, by its own clock. */
export const DATABASE_MS = Date.UTC(2026, 0, 1, 12);
export const at = (seconds: number): string => new Date(DATABASE_MS + seconds * 1000).toISOString();

/** @returns a record of home that serves since a day and was renewed a hundred times, unless told otherwise */
export const record = (changes: Partial<LeadershipRecord> = {}): LeadershipRecord => ({
  ...firstRecord(HOME, 60, 5),
  version: 100,
  databaseTime: at(0),
  walLsn: '0/5000',
  servingSince: at(-86_400),
  ...changes,
});

/** @returns a history in which the lead changes hands once for each reason, beginning at home */
export function historyOf(...reasons: readonly Reason[]): readonly HistoryEntry[] {
  const moved = reasons.map((reason, index): HistoryEntry => {
    const holder = index % 2 === 0 ? STANDBY : HOME;
    return { epoch: index + 2, holder, reason, sentence: `${holder} leads.` };
  });
  return [...record().history, ...moved];
}

/** @returns a record whose holder and epoch are those of its history's end */
export function recordAfter(
  reasons: readonly Reason[],
  changes: Partial<LeadershipRecord> = {},
): LeadershipRecord {
  const history = historyOf(...reasons);
  const last = history.at(-1);
  return record({ epoch: last?.epoch ?? 1, holder: last?.holder ?? HOME, history, ...changes });
}

/** Home was lost and the standby leads. */
export const takenOver = (changes: Partial<LeadershipRecord> = {}): LeadershipRecord =>
  recordAfter(['takeover'], changes);

export const operation = (kind: Operation['kind'], to: string): Operation => ({
  kind,
  id: `${kind}-1`,
  to,
  sentence: `A person asked for ${kind}.`,
});
