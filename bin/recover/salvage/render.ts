import Table from 'cli-table3';
import { timeText } from '../../../lambda/archive/restore/time';
import type { SalvagedTransaction } from '../../../lambda/archive/salvage/salvaged';
import type { Found } from './collect';

/** Tables that are named in a row. */
const TABLES_SHOWN = 3;

/** @returns the list for a person, with what is not known at its end */
export function renderSalvage({ summary, transactions }: Found): string {
  const lines = [...beyond(summary), ...counts(transactions)];
  if (transactions.length === 0) return `${lines.join('\n')}\n`;
  const table = new Table({
    head: ['committed', 'xid', 'position', 'tables', 'changes', 'can be applied'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'left', 'right', 'left'],
    wordWrap: true,
    colWidths: [29, null, null, 32, null, 44],
  });
  for (const transaction of transactions) table.push(rowOf(transaction));
  return `${table.toString()}\n${lines.join('\n')}\n`;
}

const rowOf = (transaction: SalvagedTransaction): string[] => [
  timeText(transaction.commitTimeUs),
  String(transaction.xid),
  transaction.endLsn,
  tablesOf(transaction.tables),
  String(transaction.changes),
  verdictOf(transaction),
];

function tablesOf(tables: readonly string[]): string {
  const more = tables.length - TABLES_SHOWN;
  return [...tables.slice(0, TABLES_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** Of one transaction, in a few words. */
export function verdictOf({ presence, applied, conflicts, needs, from }: SalvagedTransaction): string {
  if (applied) return 'was applied';
  if (presence === 'unknown') return 'unknown: too old to be told from one that is there';
  const origin = from === 'old side' ? ' (from the old side)' : '';
  if (conflicts.length > 0) return `no: ${conflicts.join(' ')}${origin}`;
  return needs.length > 0 ? `yes, after ${needs.join(', ')}${origin}` : `yes${origin}`;
}

function counts(transactions: readonly SalvagedTransaction[]): string[] {
  const of = (what: string, filter: (one: SalvagedTransaction) => boolean): string[] => {
    const count = transactions.filter(filter).length;
    return count > 0 ? [`${count} ${what}`] : [];
  };
  const parts = [
    ...of('lost', ({ presence, applied }) => presence === 'absent' && !applied),
    ...of('in conflict', ({ conflicts }) => conflicts.length > 0),
    ...of('applied already', ({ applied }) => applied),
    ...of('unknown', ({ presence }) => presence === 'unknown'),
  ];
  return [parts.length > 0 ? `${parts.join(', ')}.` : 'The database lacks nothing that the archive has.'];
}

function beyond({ beyond: interval, completed }: Found['summary']): string[] {
  if (completed) return ['The rest was read from the old side itself: the list is complete.'];
  if (!interval) return [];
  const until = interval.untilUs === null ? 'an unknown time' : timeText(interval.untilUs);
  return [
    `What was committed between ${timeText(interval.fromUs)} and ${until} may be lost as well: the archive ends there.`,
  ];
}
