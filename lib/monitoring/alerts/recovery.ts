import type { Alert } from './alert';
import { COPY_ALERTS } from './recovery-copies';
import { LEADERSHIP_ALERTS } from './recovery-leadership';

/** Leadership, replication, the archive and the backups. */
export const RECOVERY_ALERTS: readonly Alert[] = [...LEADERSHIP_ALERTS, ...COPY_ALERTS];
