import { type ChainId, segmentKey } from '../../../lambda/archive/contract';
import type { Message, Relation } from '../../../lambda/archive/pgoutput/message';
import type { Platform } from '../../../lib/config/platform';
import { writeChain } from '../../lambda/archive/support/chain';
import { type MemoryStore, memoryStore } from '../../lambda/archive/support/memory-store';
import type { TestTransaction } from '../../lambda/archive/support/transactions';

/** The archive of a shop, in both regions, as the runbooks of recovery show it. */

export interface SceneArchive {
  readonly near: MemoryStore;
  readonly far: MemoryStore;
}

/** - `gap`: the slot was lost for a while. - `lost far`: somebody has deleted a segment of the far copy. */
export type Damage = 'none' | 'gap' | 'lost far';

const ORDERS: Relation = {
  kind: 'relation',
  id: 16_402,
  schema: 'public',
  name: 'orders',
  identity: 'd',
  columns: [
    { name: 'id', key: true, type: 20, modifier: -1 },
    { name: 'customer', key: false, type: 20, modifier: -1 },
    { name: 'total', key: false, type: 1_700, modifier: -1 },
  ],
};

const DAY_START_US = BigInt(Date.UTC(2026, 0, 31)) * 1000n;
const MINUTE_US = 60_000_000n;

const insert = (id: number): Message => ({
  kind: 'insert',
  relation: ORDERS.id,
  row: [String(id), '7', '12.50'],
});

const at = (minute: number, offsetUs = 0): bigint =>
  DAY_START_US + BigInt(minute) * MINUTE_US + BigInt(offsetUs);

function transaction(
  xid: number,
  minute: number,
  offsetUs: number,
  body: readonly Message[],
): TestTransaction {
  const endLsn = 0x5_00_00_00n + BigInt(xid) * 0x100n;
  return { xid, commitLsn: endLsn - 0x30n, endLsn, commitTimeUs: at(minute, offsetUs), body };
}

/** The mistake: one statement that emptied a column. Its commit is at 11:02:17.480113. */
const MISTAKE = transaction(48_291, 662, 17_480_113, [
  ORDERS,
  ...[41, 42, 43].map(
    (id): Message => ({
      kind: 'update',
      relation: ORDERS.id,
      old: undefined,
      row: [String(id), '7', null],
    }),
  ),
]);

const MORNING = [
  transaction(48_101, 480, 3_114_207, [ORDERS, insert(41)]),
  transaction(48_190, 601, 44_020_551, [insert(42), insert(43)]),
  transaction(48_290, 662, 15_930_128, [insert(44)]),
  MISTAKE,
];
const NOON = [
  transaction(48_377, 700, 12_001_930, [ORDERS, insert(45)]),
  transaction(48_422, 749, 58_310_044, [insert(46)]),
];

const chainOf = ({ database }: Platform, part: number): ChainId => ({
  system: '7300000000000000001',
  database: database?.name ?? '',
  epoch: 1,
  part,
});

async function write(platform: Platform, store: MemoryStore, hasGap: boolean): Promise<void> {
  if (!hasGap) {
    await writeChain(store, chainOf(platform, 0), [...MORNING, ...NOON], { transactions: 1 });
    return;
  }
  const first = chainOf(platform, 0);
  await writeChain(store, first, MORNING, { transactions: 1 });
  const last = { endLsn: '0/5BCA300', commitTimeUs: String(MISTAKE.commitTimeUs) };
  const genesis = {
    startLsn: '0/5BCE7C8',
    why: 'gap',
    follows: { chain: first, sequence: 4, last },
    gap: 'Transactions that ended behind 0/5BCA300 and up to 0/5BCE7C8 are not in the archive: the slot gives them no more.',
  } as const;
  await writeChain(store, chainOf(platform, 1), NOON, { transactions: 1, genesis });
}

export const archiveOfScenes = (platform: Platform): Promise<SceneArchive> => damaged(platform, 'none');

export async function damaged(platform: Platform, damage: Damage): Promise<SceneArchive> {
  const [near, far] = [memoryStore('us-east-1'), memoryStore('us-west-2')];
  for (const store of [near, far]) await write(platform, store, damage === 'gap');
  if (damage === 'lost far') far.objects.delete(segmentKey(chainOf(platform, 0), 5));
  return { near, far };
}
