import type { Region } from './aws';
import type { DeployedResource } from './deployed';

/** One thing that exists, as its service describes it. */
export type Fact = Readonly<Record<string, string | number | boolean>>;
/** What a service says about the resources of one region. */
export type Facts = (region: Region, resources: readonly DeployedResource[]) => Promise<Fact[]>;

export const ofType = (resources: readonly DeployedResource[], type: string): DeployedResource[] =>
  resources.filter((one) => one.type === type);
