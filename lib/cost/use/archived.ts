import type { Platform } from '../../config/platform';
import { DAYS_PER_MONTH } from '../part';
import type { Use } from './assumptions';

/** Of what the database writes, by the measurements of compressed segments (docs/measurements.md). */
const COMPRESSED = 0.27;

/** @returns GiB of segments that the archive gets in a month; 0 without one */
export const archivedGib = ({ backup }: Platform, { writesGib }: Use): number =>
  backup.archive.enabled ? writesGib * DAYS_PER_MONTH * COMPRESSED : 0;
