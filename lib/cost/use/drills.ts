import type { Platform } from '../../config/platform';
import { HOURS_PER_MONTH } from '../part';

const PER_MONTH = { monthly: 1, weekly: HOURS_PER_MONTH / (7 * 24) } as const;

/** @returns restore drills in a month; the archive is read through in rounds that are as rare */
export const drillsPerMonth = ({ backup }: Platform): number => PER_MONTH[backup.restoreDrill];
