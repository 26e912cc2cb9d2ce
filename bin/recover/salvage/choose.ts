import type { SalvagedTransaction } from '../../../lambda/archive/salvage/salvaged';
import { isLsn } from '../../../lambda/runtime/lsn';

/**
 * Which transactions a person means.
 * @param text numbers of transactions or positions, separated by commas; undefined: all that nothing stands against
 * @returns the transactions in the order of their commits; or what is wrong with the text
 */
export function chosenOf(
  found: readonly SalvagedTransaction[],
  text: string | undefined,
): readonly SalvagedTransaction[] | string {
  if (text === undefined) return applicable(found);
  const chosen = new Set<SalvagedTransaction>();
  for (const one of text.split(',').map((part) => part.trim())) {
    const meant = found.filter(({ xid, endLsn }) => (isLsn(one) ? endLsn === one : String(xid) === one));
    const [first, another] = meant;
    if (!first) return `No lost transaction is ${one}.`;
    if (another) {
      const positions = meant.map(({ endLsn }) => endLsn).join(' or ');
      return `The number ${one} was given more than once: say its position, ${positions}.`;
    }
    chosen.add(first);
  }
  return found.filter((transaction) => chosen.has(transaction));
}

/** Those without a conflict whose predecessors have none either. */
function applicable(found: readonly SalvagedTransaction[]): readonly SalvagedTransaction[] {
  const good = new Set<string>();
  const applied = new Set(found.filter((one) => one.applied).map(({ endLsn }) => endLsn));
  for (const { endLsn, presence, conflicts, needs, applied: isApplied } of found) {
    const isFree = presence === 'absent' && conflicts.length === 0 && !isApplied;
    if (isFree && needs.every((need) => good.has(need) || applied.has(need))) good.add(endLsn);
  }
  return found.filter(({ endLsn }) => good.has(endLsn));
}
