import { HoldfastError } from '../runtime/errors';
import { field, type GrafanaClient } from './client';
import { sourceUid } from './contract';
import type { Source } from './settings';

/** Amazon's plugin for its managed Prometheus, and what Grafana has in its place where it cannot be had. */
const AMAZONS_PLUGIN = 'grafana-amazonprometheus-datasource';
const CORE_PLUGIN = 'prometheus';
/** How often the collectors read, for Grafana's `$__rate_interval`. */
const SCRAPE_INTERVAL = '30s';

/** Somebody has given a data source of their own the name of one of ours. */
export class SourceNameTaken extends HoldfastError {
  constructor(readonly sourceName: string) {
    super(
      `Grafana has a data source "${sourceName}" that Holdfast did not make. Rename it, and this one is made within the hour.`,
    );
  }
}

/**
 * The plugin that signs requests for Amazon Managed Service for Prometheus. It is installed if the workspace does not have
 * it; where it cannot be had, Grafana's own data source signs too (it does up to Grafana 12).
 */
export async function pluginFor(grafana: GrafanaClient): Promise<string> {
  const settings = `/api/plugins/${AMAZONS_PLUGIN}/settings`;
  const found = await grafana.ask('GET', settings, undefined, [404]);
  if (found.status !== 404) return AMAZONS_PLUGIN;
  // 409: it was installed meanwhile. Any other refusal means that this Grafana does not offer it.
  const answers = [400, 403, 404, 409];
  const installed = await grafana.ask('POST', `/api/plugins/${AMAZONS_PLUGIN}/install`, {}, answers);
  return installed.status < 300 || installed.status === 409 ? AMAZONS_PLUGIN : CORE_PLUGIN;
}

/**
 * Makes the data source of a region, or makes it again what it was.
 * @param address of the region's metrics, as AWS gives it
 * @throws {SourceNameTaken}
 */
export async function upsertSource(
  grafana: GrafanaClient,
  wanted: {
    readonly folder: { readonly uid: string; readonly title: string };
    readonly source: Source;
    readonly address: string;
    readonly plugin: string;
    readonly isDefault: boolean;
  },
): Promise<void> {
  const { folder, source, address, plugin, isDefault } = wanted;
  const uid = sourceUid(folder.uid, source.role);
  const body = {
    uid,
    name: `${folder.title}: ${source.role} (${source.region})`,
    type: plugin,
    access: 'proxy',
    url: address.replace(/\/+$/, ''),
    isDefault,
    jsonData: {
      httpMethod: 'POST',
      timeInterval: SCRAPE_INTERVAL,
      manageAlerts: false,
      sigV4Auth: true,
      // The role of the workspace.
      sigV4AuthType: 'ec2_iam_role',
      sigV4Region: source.region,
    },
  };
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}`;
  const found = await grafana.ask('GET', path, undefined, [404]);
  if (found.status !== 404) {
    // Without a version Grafana compares none: what a person has changed meanwhile is changed back.
    await grafana.ask('PUT', path, body);
    return;
  }
  const made = await grafana.ask('POST', '/api/datasources', body, [409]);
  if (made.status !== 409) return;
  const named = await grafana.ask('GET', path, undefined, [404]);
  if (field(named.json, 'uid') !== uid) throw new SourceNameTaken(body.name);
}
