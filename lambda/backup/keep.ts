import type { KeepRule } from './contract';
import { DAY_MS } from './schedule';

/** A backup as retention sees it. */
export interface Dated {
  readonly name: string;
  /** The time for which it was taken, in milliseconds since 1970. */
  readonly dueMs: number;
}

/**
 * Grandfather, father, son: the last backup of each of the newest days, weeks and months that have one, in UTC and with
 * weeks that begin on Monday.
 *
 * It counts periods that have a backup and not the calendar, so that nothing is given up while no new ones are made, and
 * the newest is always kept. The last one of a period is chosen, because it stays the last one when older ones of the
 * period are gone: applying the rule every hour or once a year comes to the same. Backups of the future (a clock that
 * was wrong) are kept and stand for nothing.
 * @param backups good ones only
 * @returns the names of those that are kept
 */
export function keep(backups: readonly Dated[], rule: KeepRule, nowMs: number): ReadonlySet<string> {
  const past = backups.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => b.dueMs - a.dueMs);
  const future = backups.filter(({ dueMs }) => dueMs > nowMs);
  const kept = [
    // At least one, whatever the rule says.
    ...lastOfEach(past, Math.max(1, rule.daily), dayOf),
    ...lastOfEach(past, rule.weekly, weekOf),
    ...lastOfEach(past, rule.monthly, monthOf),
    ...future,
  ];
  return new Set(kept.map(({ name }) => name));
}

/**
 * Everything of the last 24 hours, and the last backup of each of the newest days that have one.
 * @returns the names of those that are kept
 */
export function keepRecent(backups: readonly Dated[], days: number, nowMs: number): ReadonlySet<string> {
  const recent = backups.filter(({ dueMs }) => dueMs > nowMs - DAY_MS);
  const daily = keep(backups, { daily: days, weekly: 0, monthly: 0 }, nowMs);
  return new Set([...recent.map(({ name }) => name), ...daily]);
}

/** @param newestFirst which are therefore met last ones first */
function lastOfEach(
  newestFirst: readonly Dated[],
  count: number,
  periodOf: (dueMs: number) => number,
): readonly Dated[] {
  const last = new Map<number, Dated>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.dueMs);
    if (!last.has(period)) last.set(period, backup);
  }
  return [...last.values()].slice(0, count);
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
/** 1 January 1970 was a Thursday. */
const weekOf = (ms: number): number => Math.floor((dayOf(ms) + 3) / 7);
function monthOf(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
