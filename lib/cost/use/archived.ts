import type { Platform } from '../../config/platform';
import { DAYS_PER_MONTH } from '../part';
import type { Use } from './assumptions';
import { drillsPerMonth } from './drills';

/** Of what the database writes, by the measurements of compressed segments (docs/measurements.md). */
const COMPRESSED = 0.27;

/** @returns GiB of segments that the archive gets in a month; 0 without one */
export const archivedGib = ({ backup }: Platform, { writesGib }: Use): number =>
  backup.archive.enabled ? writesGib * DAYS_PER_MONTH * COMPRESSED : 0;

/** @returns GiB of segments that the archive of one region holds */
export const keptGib = (platform: Platform, use: Use): number =>
  (archivedGib(platform, use) / DAYS_PER_MONTH) * platform.backup.archive.keepDays;

/** @returns GiB that the inspection reads again in a month, of the archive of each region */
export const inspectedGib = (platform: Platform, use: Use): number =>
  keptGib(platform, use) * drillsPerMonth(platform);
