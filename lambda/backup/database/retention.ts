import type { KeepRule } from '../contract';
import { keep } from '../keep';
import { isHalf, isWhole, type Pair } from './pairs';

/**
 * Which backups of the database go. Each schedule has a history of its own.
 *
 * Only backups that are good in both regions stand for a day, a week or a month: as long as copies fail, nothing that an
 * older backup stands for is given up. A backup in one region only goes if it would go even with its copy. What is being
 * made, has failed or is unusable is not a matter of retention, and of a backup with such a side neither side goes.
 * @param pairs of both regions, of which everything is known
 * @param schedules of the platform file; backups of others have nothing that could stand for them, and stay
 */
export function dropped(
  pairs: readonly Pair[],
  schedules: readonly string[],
  rule: KeepRule,
  nowMs: number,
): readonly Pair[] {
  return schedules.flatMap((schedule) => {
    const own = pairs.filter((pair) => pair.schedule === schedule);
    const whole = own.filter(isWhole);
    const kept = keep(whole, rule, nowMs);
    return own.filter((pair) =>
      isWhole(pair)
        ? !kept.has(pair.name)
        : isHalf(pair) && !keep([...whole, pair], rule, nowMs).has(pair.name),
    );
  });
}

/** @returns the backups in one region only that are worth a copy, newest first */
export function wanted(
  pairs: readonly Pair[],
  schedules: readonly string[],
  rule: KeepRule,
  nowMs: number,
): readonly Pair[] {
  return pairs.filter((pair) => {
    if (!isHalf(pair) || !schedules.includes(pair.schedule)) return false;
    const rivals = pairs.filter((one) => one.schedule === pair.schedule && (isWhole(one) || isHalf(one)));
    return keep(rivals, rule, nowMs).has(pair.name);
  });
}
