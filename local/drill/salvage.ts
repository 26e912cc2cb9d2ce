import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ask } from './command';

/** What `holdfast salvage` says, as far as it matters here. Times are milliseconds since 1970. */
export interface Salvage {
  /** Rows of the drill that are in the archive, or were read from the old side, and not in the database that leads. */
  readonly ids: ReadonlySet<string>;
  /** What may be lost beyond the archive's head; undefined if nothing may. */
  readonly beyond: { readonly fromMs: number; readonly untilMs: number } | undefined;
  /** Commit of the last transaction that the archive has of the epoch that was left; undefined if it has none. */
  readonly headMs?: number;
}

export const NOTHING_SALVAGED: Salvage = { ids: new Set(), beyond: undefined };

interface SalvageList {
  readonly summary: {
    readonly head: { readonly commitTimeUs: number | string } | null;
    readonly beyond: { readonly fromUs: number | string; readonly untilUs: number | string | null } | null;
  };
  readonly transactions: readonly unknown[];
}

/** What is asked for. */
export interface Wanted {
  /** Identifiers of the writes that are missed. */
  readonly ids: ReadonlySet<string>;
  /** Epoch that was left; the last one that the archive knows of if left out. */
  readonly epoch?: number | undefined;
}

/**
 * Asks `npx holdfast salvage`, as an operator does.
 * @throws with what it wrote if it fails
 */
export function askSalvage(ask: Ask, { ids, epoch }: Wanted): Promise<Salvage> {
  return inFolder(async (folder) => {
    const list = join(folder, 'list.json');
    await ask('salvage', ...ofEpoch(epoch), '--list', list);
    return salvageIn(readFileSync(list, 'utf8'), ids, Date.now());
  });
}

/**
 * Asks for the SQL that applies everything that nothing stands against.
 * @returns it, without the line that only psql understands
 * @throws with what it wrote if it fails, also if there is nothing to apply
 */
export function salvageSql(ask: Ask, epoch?: number): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, 'salvage.sql');
    await ask('salvage', ...ofEpoch(epoch), '--sql', file);
    return readFileSync(file, 'utf8').replace(/^\\set .*$/m, '');
  });
}

const ofEpoch = (epoch: number | undefined): string[] =>
  epoch === undefined ? [] : ['--epoch', String(epoch)];

/** Whether salvage says that a write may be lost: it was under way within the interval behind the archive's head. */
export const isBeyond = (
  { beyond }: Salvage,
  { sentMs, endedMs }: { readonly sentMs: number; readonly endedMs: number },
): boolean => beyond !== undefined && endedMs >= beyond.fromMs && sentMs <= beyond.untilMs;

/** @param text the list as JSON @param nowMs the end of an interval whose end nobody knows */
export function salvageIn(text: string, ids: ReadonlySet<string>, nowMs: number): Salvage {
  const { summary, transactions } = JSON.parse(text) as SalvageList;
  const listed = JSON.stringify(transactions);
  const { beyond, head } = summary;
  return {
    ids: new Set([...ids].filter((id) => listed.includes(`"${id}"`))),
    beyond: beyond
      ? {
          fromMs: Math.floor(Number(beyond.fromUs) / 1000),
          untilMs: beyond.untilUs === null ? nowMs : Math.ceil(Number(beyond.untilUs) / 1000),
        }
      : undefined,
    ...(head ? { headMs: Math.floor(Number(head.commitTimeUs) / 1000) } : {}),
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-salvage-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
