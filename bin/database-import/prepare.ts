import type { Ended } from '../recover/telling';
import { checkImport } from './check/check';
import { shortened } from './check/finding';
import { lockTables } from './lock';
import type { ImportWork } from './ports';
import { makeSchema } from './schema';
import { stageOf, stateOf } from './state';
import { filledOf, lockedAt, referringTo, tablesOf, viewsLacking } from './tables';

/**
 * Looks whether the import can be done, copies the schema, and locks the new database against the application. It can be
 * said as often as one likes: what is there already stays.
 */
export async function prepare({ source, target, schema, manner, tell }: ImportWork): Promise<Ended> {
  const stage = stageOf(await stateOf(source, target));
  if (stage !== 'nothing' && stage !== 'prepared') return beyond(stage);
  const findings = await checkImport(source, target);
  const against = findings.filter(({ kind }) => kind === 'refuse').map(({ sentence }) => sentence);
  for (const { kind, sentence } of findings) if (kind === 'note') tell(sentence);
  if (against.length > 0) {
    return { outcome: 'refused', sentences: ['Nothing was changed. To be mended first:', ...against] };
  }
  const wanted = await tablesOf(source);
  if (wanted.length === 0) return refused('The old database has no table of the application.');
  const present = await tablesOf(target);
  const missing = wanted.filter((table) => !present.includes(table));
  const obstacle = await obstacleAt({ source, target }, wanted, missing);
  if (obstacle !== undefined) return refused(obstacle);
  const others = present.filter((table) => !wanted.includes(table));
  if (others.length > 0)
    tell(
      `Tables of the new database that are no part of the import are left as they are: ${shortened(others)}.`,
    );
  if (manner.dryRun) {
    const copy = missing.length > 0 ? `copy the schema of ${wanted.length} tables and ` : '';
    return { outcome: 'would', sentences: [`It would ${copy}lock them at the new server.`] };
  }
  if (missing.length > 0) {
    const statements = await makeSchema(target, await schema.read());
    tell(`The schema is copied: ${statements} statements.`);
  }
  return locked({ source, target }, wanted);
}

/** @returns why the new database cannot take the tables; undefined if nothing there stands against it */
async function obstacleAt(
  { source, target }: Pick<ImportWork, 'source' | 'target'>,
  wanted: readonly string[],
  missing: readonly string[],
): Promise<string | undefined> {
  if (missing.length === wanted.length) return undefined;
  if (missing.length > 0)
    return `The new database has some of the tables and lacks others, so neither is the schema copied nor is it whole; make the missing ones or drop the others: ${shortened(missing)}.`;
  const filled = await filledOf(target, wanted);
  if (filled.length > 0)
    return `Tables of the new database hold rows already, which the copy would collide with (TRUNCATE them, or say back-out if an import left them): ${shortened(filled)}.`;
  const referring = await referringTo(source, target);
  if (referring.length > 0)
    return `Tables that are no part of the import refer to some that are, which could then not be emptied to take it back (drop those foreign keys for the time of the import): ${shortened(referring)}.`;
  const views = await viewsLacking(source, target);
  return views.length === 0 ? undefined : lacksViews(views);
}

const lacksViews = (views: readonly string[]): string =>
  `The new database lacks materialised views of the old one, which the cut-over refreshes (make them there, WITH NO DATA, or drop them at the old server): ${shortened(views)}.`;

async function locked(
  { source, target }: Pick<ImportWork, 'source' | 'target'>,
  wanted: readonly string[],
): Promise<Ended> {
  const there = new Set(await tablesOf(target));
  const lacking = wanted.filter((table) => !there.has(table));
  if (lacking.length > 0) {
    return {
      outcome: 'failed',
      sentences: [`The schema that was copied lacks tables of the old database: ${shortened(lacking)}.`],
    };
  }
  const views = await viewsLacking(source, target);
  if (views.length > 0) return { outcome: 'failed', sentences: [lacksViews(views)] };
  await lockTables(target, await lockedAt(source, target));
  return {
    outcome: 'done',
    sentences: [
      `The new database has the ${wanted.length} tables, empty and locked against the application.`,
      'Next: npx holdfast database import follow. Freeze the platform meanwhile (npx holdfast freeze): a subscription does not move with a failover.',
    ],
    result: { tables: wanted },
  };
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });

const beyond = (stage: string): Ended => ({
  outcome: 'refused',
  sentences: [
    `The import is beyond that: ${stage}. npx holdfast database import status says what comes next.`,
  ],
});
