import { join } from 'node:path';
import { loadPlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';

/** Folder of the promtool tests. */
export const ALERT_TESTS = __dirname;

/** The platform whose rules the promtool tests are about. */
export const everything = (): Platform =>
  loadPlatform(join(ALERT_TESTS, 'everything.yaml'), { root: ALERT_TESTS });
