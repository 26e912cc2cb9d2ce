import { createHash } from 'node:crypto';
import type { Platform } from '../../config/platform';
import type { DashboardName } from '../alerts/alert';

/** The runbook is shown beside the dashboards, for the night in which nothing else answers. */
export type PageName = DashboardName | 'runbook';

/** Identity of the folder of a platform in Grafana. */
export const folderUid = ({ name }: Pick<Platform, 'name'>): string => `holdfast-${name}`;

/** Identity of a dashboard in Grafana, which allows 40 characters; links point at it. */
export const dashboardUid = (platform: Pick<Platform, 'name'>, page: PageName): string =>
  `${folderUid(platform)}-${page}`;

/**
 * Number of a panel within its dashboard. It follows from its slug, so that a link of an alert leads to the same panel
 * after panels were added before it.
 */
export const panelId = (page: PageName, slug: string): number =>
  createHash('sha256').update(`${page}/${slug}`).digest().readUIntBE(0, 3);

/** Path, within a Grafana, of one panel alone. */
export const panelPath = (platform: Pick<Platform, 'name'>, page: PageName, slug: string): string =>
  `/d/${dashboardUid(platform, page)}?viewPanel=${panelId(page, slug)}`;
