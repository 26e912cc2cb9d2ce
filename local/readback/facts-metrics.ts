import { type Facts, ofType } from './fact';
import { grafanas } from './metrics';

/** Workspaces of Grafana, and what each of them shows. */
export const dashboards: Facts = async (region, resources) => {
  const made = ofType(resources, 'AWS::Grafana::Workspace').map(({ physicalId }) => physicalId);
  if (made.length === 0) return [];
  return (await grafanas(region))
    .filter(({ id }) => made.includes(id))
    .map(({ name, grafanaVersion, status, sources, dashboards: shown }) => ({
      region: region.name,
      grafana: name,
      version: grafanaVersion,
      status,
      dataSources: sources,
      dashboards: shown,
    }));
};
