import Table from 'cli-table3';
import pc from 'picocolors';
import type { Terminal } from '../commands/terminal';
import type { ItemReport } from './survey';

export type Kind = 'secret' | 'file';
type Style = Pick<Terminal, 'columns' | 'colors'>;

const NO_BORDER = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, '']),
);

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: NO_BORDER,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
  for (const row of [head, ...rows]) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((row) => `  ${row.trimEnd()}`)
    .join('\n');
}

const counted = (count: number, kind: Kind): string => `${count} ${kind}${count === 1 ? '' : 's'}`;
const days = (value: number | null): string => (value === null ? '-' : `${value} d`);
const shortPlace = (place: string): string => place.replace(/^services\.([^.]+)\.secrets\./, '$1:');

/** Every secret with where it is used and how old it is; never a value. */
export function renderList(
  platform: string,
  kind: Kind,
  reports: readonly ItemReport[],
  { colors }: Style,
): string {
  const paint = pc.createColors(colors);
  const rows = reports.map(({ name, keeper, length, ageDays, rotatesInDays, uses }) => [
    name,
    keeper,
    length === null ? '-' : String(length),
    days(ageDays),
    days(rotatesInDays),
    uses.map(shortPlace).join(' ') || '-',
  ]);
  const head = [kind, 'set by', 'length', 'age', 'rotates in', 'used by'];
  return `${paint.bold(`${platform}: ${counted(reports.length, kind)}`)}\n\n${grid(head, rows)}\n`;
}

/** One sentence: can every reader start, in both regions? */
export function verdictOf(kind: Kind, reports: readonly ItemReport[]): string {
  const count = (state: ItemReport['state']): number => reports.filter((one) => one.state === state).length;
  const [wrong, open] = [count('todo'), count('unknown')];
  if (wrong + open === 0)
    return `${counted(reports.length, kind)}: nothing is to be done; both regions have the same.`;
  const parts = [
    ...(wrong > 0 ? [`${wrong} of ${reports.length} need something`] : []),
    ...(open > 0 ? [`${open} could not be looked at`] : []),
  ];
  return `${parts.join(', ')}.`;
}

const ORDER: readonly ItemReport['state'][] = ['todo', 'unknown', 'ok'];
const WORDS = { todo: 'to do', unknown: 'unknown', ok: 'ok' } as const;

/** The verdict first, then what is wrong, what is not known, and what is well. */
export function renderCheck(
  platform: string,
  kind: Kind,
  reports: readonly ItemReport[],
  { colors }: Style,
): string {
  const paint = pc.createColors(colors);
  const marks = { todo: paint.red, unknown: paint.yellow, ok: paint.green };
  const rows = ORDER.flatMap((state) => reports.filter((one) => one.state === state)).map(
    ({ state, name, sentence }) => [marks[state](WORDS[state]), name, sentence],
  );
  const isWell = reports.every(({ state }) => state === 'ok');
  const verdict = `${platform}: ${verdictOf(kind, reports)}`;
  return `${isWell ? paint.green(verdict) : paint.yellow(verdict)}\n\n${grid(['', '', ''], rows).replace(/^.*\n/, '')}\n`;
}
