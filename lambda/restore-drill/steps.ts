import { type Content, contentOf } from '../archive/compare/content';
import { differenceOf } from '../archive/compare/difference';
import { prepare, statusOf } from '../archive/restore/restored';
import { standingOf, topUp } from '../archive/restore/top-up';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Session } from '../runtime/postgres/session';
import { LoginRefused } from '../runtime/postgres/session';
import { transaction } from '../runtime/postgres/transaction';
import { type DrillSettings, drillPrefix } from './contract';
import type { Copy, Ports } from './ports';
import { copiesOf, type DrillRecord } from './record';

/** What is done in each step of a drill. Each looks first, so that it may be done again after a crash. */

export interface DrillHost {
  readonly identifier: string;
  readonly settings: DrillSettings;
  readonly hasTime: () => boolean;
}

/** The record as it is next; undefined to wait for AWS. */
export type Next = DrillRecord | undefined;

/** Somebody has deleted a copy while the drill was at work with it. */
export class CopyGone extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`The copy ${identifier} is not there any more.`);
  }
}

/** Tables of so many bytes are compared within the time of one run. */
const BYTES_MAX = 32 * 1024 ** 3;

export async function restoring(ports: Ports, host: DrillHost, record: DrillRecord): Promise<Next> {
  const names = copiesOf(drillPrefix(host.identifier), record);
  const found = await ports.copies.list();
  const wanted = [
    [names.native, { timeMs: record.nativeTimeMs }],
    [names.topped, record.base],
  ] as const;
  for (const [name, base] of wanted) {
    if (!found.some(({ identifier }) => identifier === name)) await ports.copies.make(name, record.id, base);
  }
  const isReady = wanted.every(([name]) => found.some((copy) => copy.identifier === name && isUsable(copy)));
  return isReady ? { ...record, step: 'filling', failures: 0, availableMs: ports.clock.now() } : undefined;
}

const isUsable = ({ status, host }: Copy): boolean => status === 'available' && host !== undefined;

export async function filling(ports: Ports, host: DrillHost, record: DrillRecord): Promise<Next> {
  return onBoth(ports, host, record, async (native, topped) => {
    await prepare(native);
    await prepare(topped);
    const standing = await standingOf(native, ports.archive, await statusOf(native));
    if (!standing) return { ...record, step: 'comparing', failures: 0, filledMs: ports.clock.now() };
    const target = { kind: 'lsn', lsn: standing.last.endLsn } as const;
    const { ended, transactions } = await topUp(topped, ports.archive, target, host.hasTime);
    const total = record.transactions + transactions;
    if (ended === 'paused') return { ...record, failures: 0, transactions: total };
    return { ...record, step: 'comparing', failures: 0, transactions: total, filledMs: ports.clock.now() };
  });
}

export async function comparing(ports: Ports, host: DrillHost, record: DrillRecord): Promise<Next> {
  return onBoth(ports, host, record, async (native, topped) => {
    const one = await contentOf(native, { bytesMax: BYTES_MAX });
    const other = await contentOf(topped, { bytesMax: BYTES_MAX });
    const problems = [...differences(record, one, other), ...(await failedChecks(topped, host.settings))];
    const rows = other.tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
    return {
      ...record,
      step: 'removing',
      failures: 0,
      tables: other.tables.length,
      rows: String(rows),
      problems: [...record.problems, ...problems],
      outcome: problems.length + record.problems.length === 0 ? 'succeeded' : 'failed',
    };
  });
}

/**
 * Without an archive the second copy is older by design. A server that was restored has drawn up to 32 values of each
 * sequence ahead, so only that each is there is compared.
 */
function differences(record: DrillRecord, native: Content, topped: Content): readonly string[] {
  if (record.archiveHeadUs === null) return [];
  const named = (content: Content): Content => ({
    ...content,
    sequences: content.sequences.map(({ sequence }) => ({ sequence, last: '', called: true })),
  });
  const difference = differenceOf(named(native), named(topped), 'the native copy', 'the topped-up copy');
  return difference === undefined ? [] : [difference];
}

async function failedChecks(session: Session, { checks }: DrillSettings): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, sql } of checks) {
    const limits = ['SET TRANSACTION READ ONLY', "SET LOCAL statement_timeout = '60s'"];
    try {
      const rows = await transaction(session, limits, () => session.query(sql));
      const [value] = Object.values(rows[0] ?? {});
      if (rows.length !== 1 || value !== true)
        failed.push(`The check ${name} did not give one row that is true.`);
    } catch (error) {
      failed.push(`The check ${name} failed: ${sentenceOf(error)}`);
    }
  }
  return failed;
}

/** Deletes what the drill has made, and ends it when all of it is gone. */
export async function removing(ports: Ports, host: DrillHost, record: DrillRecord): Promise<Next> {
  const names = copiesOf(drillPrefix(host.identifier), record);
  const left = (await ports.copies.list()).filter(
    ({ identifier }) => identifier === names.native || identifier === names.topped,
  );
  for (const { identifier, status } of left) {
    if (status !== 'deleting') await ports.copies.remove(identifier);
  }
  if (left.length > 0) return undefined;
  const succeeded = record.outcome === 'succeeded';
  return { ...record, step: 'ended', failures: 0, ...(succeeded ? { lastSuccessMs: record.beganMs } : {}) };
}

/** @returns undefined while a copy gets the current password: it was restored from before a rotation */
async function onBoth(
  ports: Ports,
  host: DrillHost,
  record: DrillRecord,
  work: (native: Session, topped: Session) => Promise<DrillRecord>,
): Promise<Next> {
  const names = copiesOf(drillPrefix(host.identifier), record);
  const found = await ports.copies.list();
  const sessions: Session[] = [];
  try {
    for (const name of [names.native, names.topped]) {
      const copy = found.find(({ identifier }) => identifier === name);
      if (!copy) throw new CopyGone(name);
      if (!isUsable(copy) || copy.host === undefined) return undefined;
      const session = await loggedIn(ports, name, copy.host);
      if (!session) return undefined;
      sessions.push(session);
    }
    const [native, topped] = sessions;
    return native && topped ? await work(native, topped) : undefined;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

async function loggedIn({ login, copies }: Ports, name: string, host: string): Promise<Session | undefined> {
  try {
    return await login.connect(host);
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    await copies.setPassword(name, await login.password());
    return undefined;
  }
}
