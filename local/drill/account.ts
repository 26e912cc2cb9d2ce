import type { Account, Missing, RequestRecord } from './model';
import { isBeyond, type Salvage } from './salvage';

/** What became of the writes that clients were told had been taken. */

type Fate = Missing['became'];

/** Writes that a client was told had been taken, each once, in the order of their answers. */
export function acknowledged(records: readonly RequestRecord[]): RequestRecord[] {
  const taken = records.filter(({ kind, status }) => kind === 'write' && status === 200);
  const first = new Map<string, RequestRecord>();
  for (const one of taken.sort((a, b) => a.endedMs - b.endedMs))
    if (one.id !== undefined && !first.has(one.id)) first.set(one.id, one);
  return [...first.values()];
}

/**
 * @param writes those that were acknowledged so far
 * @param readRows identifiers of the rows of the database that leads, as they are now
 * @returns the writes that it lacks; none of those that are acknowledged while its rows are read
 */
export async function lacking(
  writes: () => readonly RequestRecord[],
  readRows: () => Promise<ReadonlySet<string>>,
): Promise<RequestRecord[]> {
  const before = [...writes()];
  const present = await readRows();
  return before.filter(({ id }) => id !== undefined && !present.has(id));
}

/**
 * Writes that two sides took at the same time, whatever any clock says: those under a lower epoch that began after a write
 * under a higher one had been acknowledged, and those in another region than the one that an epoch began in, because an
 * epoch belongs to one region.
 * @param writes in the order of their answers
 */
export function doubled(writes: readonly RequestRecord[]): RequestRecord[] {
  const first = new Map<number, RequestRecord>();
  for (const one of writes) if (one.epoch !== undefined && !first.has(one.epoch)) first.set(one.epoch, one);
  return writes.filter(({ epoch, sentMs, by }) => {
    if (epoch === undefined) return false;
    const owner = first.get(epoch)?.by;
    if (by !== undefined && owner !== undefined && by !== owner) return true;
    return [...first].some(([later, { endedMs }]) => later > epoch && sentMs > endedMs);
  });
}

/**
 * @param present rows of the database that leads
 * @param epochNow under which that database leads: what it took itself under this epoch cannot have been left behind
 * @returns what became of each acknowledged write
 */
export function accountFor(
  records: readonly RequestRecord[],
  present: ReadonlySet<string>,
  salvage: Salvage,
  epochNow: number,
): Account {
  const writes = acknowledged(records);
  const missing = writes.filter(({ id }) => id !== undefined && !present.has(id));
  const becameOf = (id: string, one: RequestRecord): Fate => {
    if (salvage.ids.has(id)) return 'salvaged';
    return isBeyond(salvage, one) && (one.epoch ?? epochNow) < epochNow ? 'lost' : 'unexplained';
  };
  const judged = missing.map((one): Missing => {
    const { id = '', endedMs: atMs, epoch } = one;
    return { id, atMs, ...(epoch === undefined ? {} : { epoch }), became: becameOf(id, one) };
  });
  const count = (became: Fate): number => judged.filter((one) => one.became === became).length;
  return {
    acknowledged: writes.length,
    present: writes.length - missing.length,
    salvaged: count('salvaged'),
    lost: count('lost'),
    unexplained: count('unexplained'),
    doubled: doubled(writes).length,
    missing: judged,
  };
}
