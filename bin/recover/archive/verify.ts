import { databasesOf } from '../../../lambda/archive/chain/chains';
import type { Stores } from '../../../lambda/archive/chain/merge';
import type { DatabaseReport, Progress } from '../../../lambda/archive/chain/report';
import { verifyDatabase } from '../../../lambda/archive/chain/verify';
import { chainPrefix } from '../../../lambda/archive/contract';
import { microsecondsOf, timeText } from '../../../lambda/archive/restore/time';
import type { Ended } from '../telling';

/** Segments between two lines of progress. */
const STEP = 1_000;

/** Reads all of the archive, or what is younger than a moment, and tells every object that is not as it was written. */
export async function verifyArchive(
  stores: Stores,
  since: string | undefined,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const sinceUs = since === undefined ? undefined : microsecondsOf(since);
  if (since !== undefined && sinceUs === undefined)
    return {
      outcome: 'refused',
      sentences: [`${since} is no time with its zone like 2026-01-31T12:00:00Z.`],
    };
  const reports: DatabaseReport[] = [];
  for (const database of await databasesOf(stores.near)) {
    const options = { progress: progressTo(tell), ...(sinceUs === undefined ? {} : { sinceUs }) };
    reports.push(await verifyDatabase(stores, database, options));
  }
  return verdict(reports);
}

function progressTo(tell: (sentence: string) => void): (progress: Progress) => void {
  return ({ chain, segments }) => {
    if (segments % STEP === 0) tell(`${chainPrefix(chain)}: ${segments} segments`);
  };
}

function verdict(reports: readonly DatabaseReport[]): Ended {
  const chains = reports.flatMap((report) => report.chains);
  if (chains.length === 0) return { outcome: 'failed', sentences: ['There is no archive.'], result: reports };
  const lines = chains.map(
    ({ chain, segments, transactions, first, last }) =>
      `${chainPrefix(chain)}: ${segments} segments, ${transactions} transactions${first && last ? `, ${timeText(first.commitTimeUs)} to ${timeText(last.commitTimeUs)}` : ''}`,
  );
  const gaps = reports.flatMap((report) => report.gaps.map(({ sentence }) => sentence));
  const findings = chains.flatMap((chain) =>
    chain.findings.map(({ sentence, store }) => `${store}: ${sentence}`),
  );
  const isIntact = findings.length === 0;
  const first = isIntact
    ? 'Everything is as it was written.'
    : `${findings.length} objects are not as they must be.`;
  return {
    outcome: isIntact ? 'done' : 'failed',
    sentences: [first, ...findings, ...lines, ...gaps],
    result: reports,
  };
}
