import type { Role } from '../../../lib/config/platform';

/**
 * A day on which the home region is lost and comes back: what the sample data tell. Minutes are counted from midnight.
 *
 *   00:00  home leads, the standby follows
 *   14:07  home is gone: nothing is heard of it, its clients fail
 *   14:09  the standby claims the next epoch and promotes its database
 *   14:11  the failover records point to the standby; clients follow
 *   17:40  home answers again and is rebuilt
 *   19:30  home is a replica again and stands by
 */
export const DAY_MINUTES = 24 * 60;
const clock = (hours: number, minutes: number): number => 60 * hours + minutes;
export const LOST = clock(14, 7);
export const CLAIMED = clock(14, 9);
export const MOVED = clock(14, 11);
export const BACK = clock(17, 40);
export const PROTECTED = clock(19, 30);

/** Midnight of the sample day, in seconds since 1970. */
export const MIDNIGHT = Date.UTC(2026, 0, 15) / 1000;
export const ROLES: readonly Role[] = ['home', 'standby'];

export const isHeard = (role: Role, minute: number): boolean =>
  role === 'standby' || minute < LOST || minute >= BACK;

export const leads = (role: Role, minute: number): boolean =>
  role === 'home' ? minute < LOST : minute >= CLAIMED;

/** Between the loss and the return of the second region there is nothing that could take over. */
export const isProtected = (minute: number): boolean => minute < LOST || minute >= PROTECTED;

/** How much clients want, 0 to 1: little at night, most in the afternoon. */
export const demand = (minute: number): number =>
  0.35 + 0.3 * (1 - Math.cos(((minute - clock(3, 0)) / DAY_MINUTES) * 2 * Math.PI));

/** Which part of the demand reaches a region; health checks always do. */
export function traffic(role: Role, minute: number): number {
  if (!isHeard(role, minute)) return 0;
  const served = role === 'home' ? minute < LOST : minute >= MOVED;
  return served ? demand(minute) : 0.004;
}

/** The new leader starts with a cold cache and too few tasks: 1 right after the move, 0 an hour later. */
export const strain = (role: Role, minute: number): number =>
  role === 'standby' && minute >= CLAIMED ? Math.exp(-(minute - CLAIMED) / 12) : 0;

/** How far the standby's database is behind, in seconds. */
export function lag(minute: number, noise: number): number {
  const usual = 0.4 + 1.2 * demand(minute) + noise;
  // A nightly job writes a lot at once.
  const job = minute >= clock(2, 0) && minute < clock(2, 25) ? 14 + 5 * noise : 0;
  return usual + job;
}

/**
 * Chance that is the same in every run, so that the picture changes only with what it shows.
 * @returns a number from 0 to 1 for each pair
 */
export function noise(of: string, minute: number): number {
  let hash = 2166136261 ^ minute;
  for (const character of of) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
