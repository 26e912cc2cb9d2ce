const CYCLE = 2n ** 32n;

/**
 * @param xid 32 bits of the id of a transaction that has committed
 * @param snapshot as `pg_current_snapshot()` writes it: `xmin:xmax:xip,...`, with 64 bits
 * @returns whether the snapshot sees the transaction
 */
export function isVisible(xid: number, snapshot: string): boolean {
  const [, max = '', running = ''] = snapshot.split(':');
  const next = BigInt(max);
  const behind = (((next - BigInt(xid)) % CYCLE) + CYCLE) % CYCLE;
  // Ids are compared in half of their cycle.
  if (behind === 0n || behind >= CYCLE / 2n) return false;
  return !running.split(',').includes(String(next - behind));
}
