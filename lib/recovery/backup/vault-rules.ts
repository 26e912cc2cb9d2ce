import type { Platform } from '../../config/platform';
import { MONTH_DAYS, WEEK_DAYS } from '../../config/resolve-backup';

/** How often a copy goes into the locked vault, and how long it stays. */
export interface VaultRule {
  readonly name: 'daily' | 'weekly' | 'monthly';
  readonly schedule: string;
  readonly keepDays: number;
}

/**
 * The rule of grandfather, father and son as AWS Backup has it: it deletes by age and counts nothing. Of rules that are
 * due at the same time it takes the one that keeps longest. At 01:00, clear of the hour before any window of RDS, in which
 * it would not begin.
 */
export function vaultRules({ backup: { keep } }: Platform): readonly VaultRule[] {
  const rules: readonly VaultRule[] = [
    { name: 'daily', schedule: 'cron(0 1 * * ? *)', keepDays: keep.daily },
    { name: 'weekly', schedule: 'cron(0 1 ? * SUN *)', keepDays: keep.weekly * WEEK_DAYS },
    { name: 'monthly', schedule: 'cron(0 1 1 * ? *)', keepDays: keep.monthly * MONTH_DAYS },
  ];
  return rules.filter(({ keepDays }) => keepDays > 0);
}
