import type { Role } from './platform';

/**
 * When AWS does its own work on the stores of a platform, in UTC. The two regions are never maintained at the same time.
 */
/** Daily backup of RDS. */
export const BACKUP_WINDOW = '04:00-05:00';
export const MAINTENANCE_WINDOW: Readonly<Record<Role, string>> = {
  home: 'sun:05:30-sun:06:30',
  standby: 'sun:07:30-sun:08:30',
};
/** Daily snapshot of ElastiCache. */
export const CACHE_SNAPSHOT_WINDOW = '03:00-04:00';
export const CACHE_MAINTENANCE_WINDOW = 'sun:05:00-sun:06:00';
/** Two hours of Amazon MQ begin then, on Sundays; brokers are restarted one node after the other. */
export const BROKER_MAINTENANCE_START: Readonly<Record<Role, string>> = { home: '08:30', standby: '11:00' };

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

/**
 * @param time `02:00`
 * @param window `04:00-05:00` or `sun:05:30-sun:06:30`; none of ours passes midnight
 * @returns whether the time is within the window, on its day if it has one
 */
export function isWithinWindow(time: string, window: string): boolean {
  const [from = '', to = ''] = window.replaceAll(/[a-z]{3}:/g, '').split('-');
  const at = minutesOf(time);
  return minutesOf(from) <= at && at < minutesOf(to);
}
