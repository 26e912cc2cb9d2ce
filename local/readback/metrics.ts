import { pages, type Region, rest } from './aws';
import type { Lookup } from './lookup';

interface Workspaces {
  readonly workspaces: readonly { readonly workspaceId: string; readonly arn: string }[];
  readonly nextToken?: string;
}
interface Namespaces {
  readonly ruleGroupsNamespaces: readonly { readonly arn: string }[];
  readonly nextToken?: string;
}

const page = (token: string | undefined): string =>
  token === undefined ? '' : `?nextToken=${encodeURIComponent(token)}`;

const workspaces = (region: Region): Promise<Workspaces['workspaces'][number][]> =>
  pages(
    (token) => rest<Workspaces>(region, 'aps', `/workspaces${page(token)}`),
    (found) => found.workspaces,
    (found) => found.nextToken,
  );

interface GrafanaWorkspace {
  readonly id: string;
  readonly name: string;
  readonly grafanaVersion: string;
  readonly status: string;
}

/** A workspace of Amazon Managed Grafana, and how many things its Grafana has. */
export interface GrafanaContent extends GrafanaWorkspace {
  readonly folders: number;
  readonly sources: number;
  readonly dashboards: number;
}

/** @returns every workspace of Grafana of a region */
export async function grafanas(region: Region): Promise<readonly GrafanaContent[]> {
  const { workspaces: found } = await rest<{ workspaces: readonly GrafanaWorkspace[] }>(
    region,
    'grafana',
    '/workspaces',
  );
  const path = `/holdfast/grafana/${region.name}`;
  const contents = await rest<Record<string, Omit<GrafanaContent, keyof GrafanaWorkspace>>>(
    region,
    'grafana',
    path,
  );
  return found.map((one) => ({ folders: 0, sources: 0, dashboards: 0, ...contents[one.id], ...one }));
}

/** Whoever fills a workspace lets a deployment end well also where Grafana did not answer. @throws if one is empty */
async function filledGrafanas(region: Region): Promise<string[]> {
  const found = await grafanas(region);
  const empty = found.find(({ dashboards }) => dashboards === 0);
  if (empty) throw new Error(`The Grafana of ${empty.id} shows no dashboard.`);
  return found.map(({ id }) => id);
}

export const METRICS: Readonly<Record<string, Lookup>> = {
  'AWS::Grafana::Workspace': filledGrafanas,
  'AWS::APS::Workspace': async (region) => (await workspaces(region)).map(({ arn }) => arn),
  'AWS::APS::RuleGroupsNamespace': async (region) => {
    const found: string[] = [];
    for (const { workspaceId } of await workspaces(region)) {
      const path = `/workspaces/${workspaceId}/rulegroupsnamespaces`;
      const namespaces = await pages(
        (token) => rest<Namespaces>(region, 'aps', `${path}${page(token)}`),
        (one) => one.ruleGroupsNamespaces,
        (one) => one.nextToken,
      );
      found.push(...namespaces.map(({ arn }) => arn));
    }
    return found;
  },
};
