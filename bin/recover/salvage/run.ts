import { writeFileSync } from 'node:fs';
import type { Platform } from '../../../lib/config/platform';
import type { RecoveryPorts } from '../ports';
import type { Ended } from '../telling';
import { chosenOf } from './choose';
import { collect, oldSideOf, type SalvageContext, sqlFor } from './collect';
import { renderSalvage } from './render';

/** What an operator asks of salvage. */
export interface SalvageOptions {
  readonly epoch: number | null;
  /** File for the list as JSON. */
  readonly list: string | undefined;
  /** File for the SQL. */
  readonly sql: string | undefined;
  readonly transactions: string | undefined;
  readonly dryRun: boolean;
}

/** Files hold rows of the application: only who wrote them may read them. */
const OWN_FILE = { mode: 0o600 } as const;

/** Lists what was lost, and writes the SQL for what is wanted back. It changes nothing in any database. */
export async function runSalvage(
  platform: Platform,
  options: SalvageOptions,
  ports: RecoveryPorts,
  tell: (sentence: string) => void,
  show: (text: string) => void,
): Promise<Ended> {
  const record = await ports.leadership.read();
  if (!record) return refused('The leadership table holds no record; see npx holdfast status.');
  const context: SalvageContext = { platform, ports, record, epoch: options.epoch, tell };
  const oldSide = await oldSideOf(context);
  const found = await collect(context, oldSide);
  if ('refused' in found) return refused(found.refused);
  show(renderSalvage(found));
  const sentences: string[] = [];
  const write = (file: string, text: string, what: string): void => {
    if (!options.dryRun) writeFileSync(file, text, OWN_FILE);
    sentences.push(`${what} ${options.dryRun ? 'would be' : 'is'} in ${file}.`);
  };
  if (options.list !== undefined) write(options.list, `${JSON.stringify(found, null, 2)}\n`, 'The list');
  if (options.sql !== undefined) {
    const chosen = chosenOf(found.transactions, options.transactions);
    if (typeof chosen === 'string') return refused(chosen);
    if (chosen.length === 0) return refused('Nothing can be applied, so that no SQL was written.');
    const sql = await sqlFor(context, oldSide, chosen);
    if (typeof sql !== 'string') return refused(sql.refused);
    write(options.sql, sql, `SQL for ${chosen.length} of ${found.transactions.length} transactions`);
    sentences.push('Read it, then run it on the database that leads, as the owner, in one session of psql.');
  }
  const outcome = options.dryRun ? 'would' : 'done';
  return { outcome, sentences: [summarySentence(found.transactions.length), ...sentences], result: found };
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });
const summarySentence = (count: number): string =>
  count === 0
    ? 'Nothing is missing that the archive has.'
    : `${count} transaction${count === 1 ? ' is' : 's are'} listed.`;
