import { databasesOf } from '../archive/chain/chains';
import { headOf, historyOf } from '../archive/restore/lineage';
import { outlinesOf } from '../archive/restore/outlines';
import { sentenceOf } from '../runtime/errors';
import { drillPrefix } from './contract';
import type { Ports, Written } from './ports';
import { copiesOf, type DrillRecord, isDue } from './record';
import { comparing, type DrillHost, filling, type Next, removing, restoring } from './steps';

/**
 * The restore drill: a reconciler. Each run looks where the drill is and goes on as far as it comes: it restores natively,
 * restores an older base and tops it up to the very transaction where the native copy ends, compares the two row by row,
 * asks the user's own checks, and deletes all that it made, whatever became of it.
 */

/** Errors in a row after which a step has failed for good. */
const FAILURES_MAX = 5;
const HOUR_MS = 3_600_000;
/** How far the older base goes back where there is no snapshot. */
const OLDER_MS = 30 * 60_000;

export interface Turn {
  readonly record: DrillRecord | undefined;
  /** One for the log. */
  readonly sentence: string;
  /** Copies of other drills that are still there. */
  readonly leftovers: number;
  /** Whether the drill came to its end in this run. */
  readonly ended: boolean;
}

export async function drill(ports: Ports, host: DrillHost, requested: boolean): Promise<Turn> {
  let written = await ports.records.last();
  const leftovers = await removeLeftovers(ports, host, written?.record);
  const nowMs = ports.clock.now();
  const isFree = written === undefined || written.record.step === 'ended';
  if (isFree && (requested || isDue(written?.record, nowMs, host.settings.everyDays))) {
    if (!(await ports.leads())) {
      return still(written?.record, 'Another region leads, and holds the drills.', leftovers);
    }
    const record = await begin(ports, written?.record);
    if (!(await ports.records.append(written, record)))
      return still(record, 'Another run has begun the drill.', leftovers);
    written = { number: 0, record };
  }
  if (!written || written.record.step === 'ended')
    return still(written?.record, 'No drill is due.', leftovers);
  const turn = await advance(ports, host, written);
  return { ...turn, leftovers };
}

const still = (record: DrillRecord | undefined, sentence: string, leftovers = 0): Turn => ({
  record,
  sentence,
  leftovers,
  ended: false,
});

async function advance(ports: Ports, host: DrillHost, from: Written): Promise<Turn> {
  let at = from;
  while (host.hasTime()) {
    const next = await taken(ports, host, at.record);
    if (!next) return still(at.record, `The drill ${at.record.id} waits (${at.record.step}).`);
    if (next.step === 'ended') await ports.records.report(next, reportOf(next));
    if (!(await ports.records.append(at, next)))
      return still(at.record, 'Another run goes on with the drill.');
    at = { number: at.number + 1, record: next };
    if (next.step === 'ended') return { ...still(next, endOf(next)), ended: true };
    if (next.failures > 0) break;
  }
  return still(at.record, `The drill ${at.record.id} is at ${at.record.step}.`);
}

/** Takes one step. What fails is tried again by the next run, a few times; then the drill has failed, and is removed. */
async function taken(ports: Ports, host: DrillHost, record: DrillRecord): Promise<Next> {
  const isLate = ports.clock.now() - record.beganMs > host.settings.limitHours * HOUR_MS;
  if (isLate && record.step !== 'removing')
    return failed(
      record,
      `It had not ended after ${host.settings.limitHours} hours, in the step ${record.step}.`,
    );
  try {
    return await STEP[record.step](ports, host, record);
  } catch (error) {
    const failures = record.failures + 1;
    if (failures < FAILURES_MAX || record.step === 'removing') return { ...record, failures };
    return failed(record, `${record.step}: ${sentenceOf(error)}`);
  }
}

const STEP = { restoring, filling, comparing, removing, ended: async () => undefined } as const;

const failed = (record: DrillRecord, problem: string): DrillRecord => ({
  ...record,
  step: 'removing',
  failures: 0,
  outcome: 'failed',
  problems: [...record.problems, problem],
});

async function begin(ports: Ports, last: DrillRecord | undefined): Promise<DrillRecord> {
  const beganMs = ports.clock.now();
  const { timeMs, snapshot } = await ports.copies.latest();
  const nativeTimeMs = Math.floor(timeMs / 1000) * 1000;
  return {
    id: new Date(beganMs).toISOString().slice(0, 16).replace(/[-:]/g, '').toLowerCase(),
    step: 'restoring',
    beganMs,
    failures: 0,
    base: snapshot === undefined ? { timeMs: nativeTimeMs - OLDER_MS } : { snapshot },
    nativeTimeMs,
    archiveHeadUs: await archiveHead(ports),
    availableMs: null,
    filledMs: null,
    transactions: 0,
    tables: 0,
    rows: '0',
    outcome: null,
    problems: [],
    lastSuccessMs: last?.lastSuccessMs ?? null,
    firstMs: last?.firstMs ?? beganMs,
  };
}

async function archiveHead({ archive }: Ports): Promise<string | null> {
  let latest: bigint | null = null;
  for (const database of await databasesOf(archive)) {
    const head = headOf(historyOf(await outlinesOf(archive, database)));
    if (head && (latest === null || BigInt(head.commitTimeUs) > latest)) latest = BigInt(head.commitTimeUs);
  }
  return latest === null ? null : String(latest);
}

/** Copies that no drill is at work with: of one whose end was never written, or of one that came to life again. */
async function removeLeftovers(
  ports: Ports,
  host: DrillHost,
  record: DrillRecord | undefined,
): Promise<number> {
  const prefix = drillPrefix(host.identifier);
  const own = record && record.step !== 'ended' ? Object.values(copiesOf(prefix, record)) : [];
  const left = (await ports.copies.list()).filter(
    ({ identifier }) => identifier.startsWith(prefix) && !own.includes(identifier),
  );
  for (const { identifier, status } of left) {
    if (status !== 'deleting') await ports.copies.remove(identifier);
  }
  return left.length;
}

const endOf = ({ id, outcome, problems, tables, rows }: DrillRecord): string =>
  outcome === 'succeeded'
    ? `The drill ${id} has succeeded: ${tables} tables with ${rows} rows are equal.`
    : `The drill ${id} has failed: ${problems.join(' ')}`;

const reportOf = (record: DrillRecord): string =>
  `${JSON.stringify({ ...record, sentence: endOf(record) }, null, 2)}\n`;
