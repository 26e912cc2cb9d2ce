import { HoldfastError } from '../runtime/errors';
import { field, type GrafanaClient } from './client';
import { type DashboardJson, type Dashboards, TAG } from './contract';

/** How often a dashboard is saved again when somebody else has saved it at the same moment. */
const SAVES = 3;

/** The file of dashboards is not what it must be. */
export class BadDashboards extends HoldfastError {}

/** Every save met another one, or Grafana does not let it be replaced. */
export class NotSaved extends HoldfastError {
  constructor(
    readonly title: string,
    readonly said: string,
  ) {
    super(`Grafana did not let the dashboard "${title}" be replaced, ${SAVES} times: ${said}`);
  }
}

/** @throws {BadDashboards} */
export function parseDashboards(text: string): Dashboards {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadDashboards('The file of dashboards is no JSON.', { cause });
  }
  const dashboards = field(json, 'dashboards');
  if (!Array.isArray(dashboards) || !dashboards.every(isDashboard)) {
    throw new BadDashboards(
      'The file of dashboards must hold a list of dashboards, each with uid and title.',
    );
  }
  return { dashboards };
}

const isDashboard = (json: unknown): json is DashboardJson =>
  typeof field(json, 'uid') === 'string' && typeof field(json, 'title') === 'string';

/** Saves a dashboard in the folder, in place of what it was. */
export async function upsertDashboard(
  grafana: GrafanaClient,
  folderUid: string,
  dashboard: DashboardJson,
): Promise<void> {
  // Neither a number of another Grafana nor a version: it is found by its uid, and what is there is overwritten.
  const { id: _, version: __, ...bare } = dashboard;
  const body = {
    dashboard: { ...bare, id: null },
    folderUid,
    overwrite: true,
    message: 'Made by Holdfast; changes by hand are lost with the next deployment.',
  };
  let said = '';
  for (let save = 1; save <= SAVES; save += 1) {
    const saved = await grafana.ask('POST', '/api/dashboards/db', body, [409, 412]);
    if (saved.status < 300) return;
    said = String(field(saved.json, 'message') ?? field(saved.json, 'status') ?? saved.status);
  }
  throw new NotSaved(dashboard.title, said);
}

/**
 * Deletes the dashboards of the folder that Holdfast made before and makes no longer, for example those of a cache that the
 * platform no longer has. What a person has put into the folder stays.
 * @returns their titles
 */
export async function deleteOthers(
  grafana: GrafanaClient,
  folderUid: string,
  kept: ReadonlySet<string>,
): Promise<readonly string[]> {
  const query = new URLSearchParams({ type: 'dash-db', tag: TAG, folderUIDs: folderUid, limit: '1000' });
  const { json } = await grafana.ask('GET', `/api/search?${query}`);
  const found = Array.isArray(json) ? json.filter(isDashboard) : [];
  // Grafana before version 10 does not know the filter by folder and would answer with those of all.
  const others = found.filter((one) => !kept.has(one.uid) && field(one, 'folderUid') === folderUid);
  for (const { uid } of others) {
    await grafana.ask('DELETE', `/api/dashboards/uid/${encodeURIComponent(uid)}`, undefined, [404]);
  }
  return others.map(({ title }) => title);
}
