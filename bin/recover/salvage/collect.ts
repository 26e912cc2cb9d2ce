import type { SalvagedTransaction, SalvageSummary } from '../../../lambda/archive/salvage/salvaged';
import { lastEpochOf } from '../../../lambda/leader/history';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { quarantinePrefix } from '../../../lambda/restore/contract';
import { databaseIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { explain } from '../../operate/failures';
import { otherOf } from '../../operate/plan';
import type { RecoveryPorts } from '../ports';

/** Everything that salvage found. */
export interface Found {
  readonly summary: SalvageSummary;
  readonly transactions: readonly SalvagedTransaction[];
}

/** Something stands against it, in a sentence. */
export interface Stopped {
  readonly refused: string;
}

export interface SalvageContext {
  readonly platform: Platform;
  readonly ports: RecoveryPorts;
  readonly record: LeadershipRecord;
  /** Epoch that was left; null: the last one. */
  readonly epoch: number | null;
  readonly tell: (sentence: string) => void;
}

/**
 * Reads what an old primary that was put away still has, in its own region. That it cannot be read is no failure: then the
 * rest is an interval.
 */
export async function oldSideOf({ platform, ports, record, tell }: SalvageContext): Promise<string | null> {
  const region = otherOf(platform, record.holder);
  const instance = `${quarantinePrefix(databaseIdentifier(platform))}e${lastEpochOf(record.history, region)}`;
  try {
    // A region that is gone answers nobody, and a function is waited for until it would have ended by itself: so ask first.
    if (!(await ports.backups.find(region, instance))) {
      tell(`${instance} in ${region} was not read: There is no database ${instance} in this region.`);
      return null;
    }
    const reply = await ports.functions.invoke(region, { operation: 'old-side', instance });
    tell(`${instance} in ${region}: ${reply.sentence}`);
    return reply.operation === 'old-side' ? reply.frames : null;
  } catch (error) {
    tell(`${instance} in ${region} was not read: ${explain(error)}`);
    return null;
  }
}

/** Lists what is lost, page by page. */
export async function collect(
  { ports, record, epoch }: SalvageContext,
  oldSide: string | null,
): Promise<Found | Stopped> {
  const transactions: SalvagedTransaction[] = [];
  let after: string | null = null;
  for (;;) {
    const reply = await ports.functions.invoke(record.holder, {
      operation: 'salvage',
      epoch,
      oldSide,
      after,
    });
    if (reply.operation !== 'salvage') return { refused: reply.sentence };
    transactions.push(...reply.transactions);
    if (reply.next === null) return { summary: reply.summary, transactions };
    after = reply.next;
  }
}

/** Writes the SQL for some of them, piece by piece. */
export async function sqlFor(
  { ports, record, epoch }: SalvageContext,
  oldSide: string | null,
  chosen: readonly SalvagedTransaction[],
): Promise<string | Stopped> {
  const transactions = chosen.map(({ endLsn }) => endLsn);
  let sql = '';
  let after: string | null = null;
  for (;;) {
    const request = { operation: 'salvage-sql', epoch, oldSide, transactions, after } as const;
    const reply = await ports.functions.invoke(record.holder, request);
    if (reply.operation !== 'salvage-sql' || reply.outcome === 'refused') return { refused: reply.sentence };
    sql += reply.sql;
    if (reply.next === null) return sql;
    after = reply.next;
  }
}
