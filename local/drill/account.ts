import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Account, RequestRecord } from './model';

type Fate = Account['examples'][number]['became'];

const EXAMPLES = 20;
const CLI = resolve(__dirname, '../../bin/holdfast.mjs');

/** What `holdfast salvage` says, as far as it matters here. */
export interface Salvage {
  /** Rows of the drill that are in the archive and not in the database that leads. */
  readonly ids: ReadonlySet<string>;
  /** What may be lost beyond the archive's head, in milliseconds since 1970; undefined if nothing may. */
  readonly beyond: { readonly fromMs: number; readonly untilMs: number } | undefined;
}

export const NOTHING_SALVAGED: Salvage = { ids: new Set(), beyond: undefined };

/** Writes that a client was told had been taken, each once, in the order of their answers. */
export function acknowledged(records: readonly RequestRecord[]): RequestRecord[] {
  const taken = records.filter(({ kind, status }) => kind === 'write' && status === 200);
  const first = new Map<string, RequestRecord>();
  for (const one of taken.sort((a, b) => a.endedMs - b.endedMs))
    if (one.id !== undefined && !first.has(one.id)) first.set(one.id, one);
  return [...first.values()];
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
 * @returns what became of each acknowledged write
 */
export function accountFor(
  records: readonly RequestRecord[],
  present: ReadonlySet<string>,
  { ids, beyond }: Salvage,
): Account {
  const writes = acknowledged(records);
  const missing = writes.filter(({ id }) => id !== undefined && !present.has(id));
  const becameOf = (id: string, { sentMs, endedMs }: RequestRecord): Fate => {
    if (ids.has(id)) return 'salvaged';
    return beyond && endedMs >= beyond.fromMs && sentMs <= beyond.untilMs ? 'lost' : 'unexplained';
  };
  const judged = missing.map((one) => {
    const { id = '', endedMs: atMs } = one;
    return { id, atMs, became: becameOf(id, one) };
  });
  const count = (became: Fate): number => judged.filter((one) => one.became === became).length;
  return {
    acknowledged: writes.length,
    present: writes.length - missing.length,
    salvaged: count('salvaged'),
    lost: count('lost'),
    unexplained: count('unexplained'),
    doubled: doubled(writes).length,
    examples: judged.slice(0, EXAMPLES),
  };
}

interface SalvageList {
  readonly summary: {
    readonly beyond: { readonly fromUs: number | string; readonly untilUs: number | string | null } | null;
  };
  readonly transactions: readonly unknown[];
}

/**
 * Asks `npx holdfast salvage`, as an operator does.
 * @param ids of the writes that are missed
 * @throws with what it wrote if it fails
 */
export async function askSalvage(
  endpoint: string,
  platformFile: string,
  ids: ReadonlySet<string>,
): Promise<Salvage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-salvage-'));
  const list = join(folder, 'list.json');
  try {
    await run(['salvage', '--platform', platformFile, '--list', list], endpoint);
    const { summary, transactions } = JSON.parse(readFileSync(list, 'utf8')) as SalvageList;
    const listed = JSON.stringify(transactions);
    const { beyond } = summary;
    return {
      ids: new Set([...ids].filter((id) => listed.includes(`"${id}"`))),
      beyond: beyond
        ? {
            fromMs: Math.floor(Number(beyond.fromUs) / 1000),
            untilMs: beyond.untilUs === null ? Date.now() : Math.ceil(Number(beyond.untilUs) / 1000),
          }
        : undefined,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command of Holdfast against the local AWS API. @returns what it printed @throws if it fails */
export function run(command: readonly string[], endpoint: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) done(printed);
      else failed(new Error(`holdfast ${command.join(' ')} ended with ${code}:\n${printed.trim()}`));
    });
  });
}
