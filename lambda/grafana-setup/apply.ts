import type { Host } from '../runtime/custom-resource';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { GrafanaClient } from './client';
import { deleteOthers, parseDashboards, upsertDashboard } from './dashboards';
import { upsertFolder } from './folder';
import type { Token, World } from './ports';
import type { Settings } from './settings';
import { pluginFor, upsertSource } from './sources';

/** A token lives as long as the longest run of a function, and is deleted at its end. */
const TOKEN_SECONDS = 900;
/** Time kept for deleting the token, in milliseconds. */
const MARGIN_MS = 15_000;

/** A region does not say where its metrics are. */
export class NoAddress extends HoldfastError {
  constructor(
    readonly region: string,
    readonly parameter: string,
  ) {
    super(
      `${region} has no parameter ${parameter}, which names the address of its metrics: its stack that says so is not deployed.`,
    );
  }
}

/**
 * Makes a workspace show what it shall: folder, data sources, dashboards. Everything is found by identities of our own, so
 * that a second run changes nothing and a run that was cut off is completed by the next.
 * @returns one sentence about what was done
 * @throws {NoAddress} after everything else has been done, if a region could not be connected
 */
export async function apply(settings: Settings, world: World, host: Host): Promise<string> {
  const { dashboards } = parseDashboards(await world.files.read(settings.file.bucket, settings.file.key));
  return withToken(settings, world, host, async (grafana) => {
    await upsertFolder(grafana, settings.folder);
    const missing = await connectSources(grafana, settings, world);
    for (const dashboard of dashboards) await upsertDashboard(grafana, settings.folder.uid, dashboard);
    const kept = new Set(dashboards.map(({ uid }) => uid));
    const deleted = await deleteOthers(grafana, settings.folder.uid, kept);
    const [first] = missing;
    if (first) throw first;
    const gone = deleted.length === 0 ? '' : `, and no longer shows ${deleted.join(', ')}`;
    return `Grafana shows ${dashboards.length} dashboard${dashboards.length === 1 ? '' : 's'} of ${settings.sources.length} regions${gone}.`;
  });
}

async function withToken<T>(
  settings: Settings,
  world: World,
  host: Host,
  work: (grafana: GrafanaClient) => Promise<T>,
): Promise<T> {
  const { clock } = host;
  const token = await world.tokens(settings.workspaceId).create(TOKEN_SECONDS);
  try {
    return await work(
      new GrafanaClient({
        http: world.http,
        clock,
        base: world.base(settings.endpoint),
        token: token.key,
        deadline: host.deadline - MARGIN_MS,
      }),
    );
  } finally {
    await deleteQuietly(token, host);
  }
}

/** What has failed before is more important than a token that ends by itself in a quarter of an hour. */
async function deleteQuietly(token: Token, { log }: Host): Promise<void> {
  try {
    await token.delete();
  } catch (error) {
    log('grafana-token-left', { ends: `within ${TOKEN_SECONDS} s`, error: sentenceOf(error) });
  }
}

/** A region that cannot be connected does not keep the other one from being shown. */
async function connectSources(
  grafana: GrafanaClient,
  { sources, addressParameter, folder }: Settings,
  { parameters }: World,
): Promise<readonly Error[]> {
  const plugin = await pluginFor(grafana);
  const missing: Error[] = [];
  for (const [index, source] of sources.entries()) {
    const address = await addressOf(source.region);
    if (typeof address === 'string') {
      await upsertSource(grafana, { folder, source, address, plugin, isDefault: index === 0 });
    } else {
      missing.push(address);
    }
  }
  return missing;

  async function addressOf(region: string): Promise<string | Error> {
    try {
      return (await parameters.read(region, addressParameter)) ?? new NoAddress(region, addressParameter);
    } catch (error) {
      return new HoldfastError(`${region} could not be asked where its metrics are.`, { cause: error });
    }
  }
}
