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

export const METRICS: Readonly<Record<string, Lookup>> = {
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
