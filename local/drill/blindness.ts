import type { Sample } from './model';

/**
 * Whether a look tells that the two databases were not open at the same time, or that they were. One that is known to be
 * closed is enough, whatever the other one is: a replica, a primary without a lease, one that was ended, or one of a region
 * that is gone. Where no such one is seen, both must have answered.
 */
export function tells({ alive, databases }: Sample): boolean {
  const sides = [
    { isThere: alive.home, ...databases.home },
    { isThere: alive.standby, ...databases.standby },
  ];
  const isKnownClosed = sides.some(({ isThere, role, open }) => !isThere || (role !== 'silent' && !open));
  return isKnownClosed || sides.every(({ role }) => role !== 'silent');
}

/** @returns longest time between two looks that tell, in seconds, from the first look to the last */
export function longestBlindness(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return 0;
  const times = [first.atMs, ...samples.filter(tells).map(({ atMs }) => atMs), last.atMs];
  return times.reduce((longest, atMs, i) => Math.max(longest, atMs - (times[i - 1] ?? atMs)), 0) / 1000;
}
