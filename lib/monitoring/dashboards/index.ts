import type { Platform } from '../../config/platform';
import { balancer } from './balancer';
import { business } from './business';
import { cache } from './cache';
import { database } from './database';
import { overview } from './overview';
import type { Dashboard } from './panel';
import { queue } from './queue';
import { recovery } from './recovery';
import { services } from './services';

/** @returns the dashboards of what the platform has, the overview first */
export function dashboardsOf(platform: Platform): readonly Dashboard[] {
  const all = [overview, services, database, cache, queue, balancer, recovery, business];
  return all.flatMap((of) => of(platform) ?? []);
}
