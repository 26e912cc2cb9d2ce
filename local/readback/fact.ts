import type { Region } from './aws';
import type { DeployedResource } from './deployed';

/** One thing that exists, as its service describes it. */
export type Fact = Readonly<Record<string, string | number | boolean>>;
/** What a service says about the resources of one region. */
export type Facts = (region: Region, resources: readonly DeployedResource[]) => Promise<Fact[]>;

export const ofType = (resources: readonly DeployedResource[], type: string): DeployedResource[] =>
  resources.filter((one) => one.type === type);

/** Of what has no name of its own: its service and what it is there, else its name in the template. */
export const serviceOf = ({ stack, logicalId }: DeployedResource): string =>
  stack.split('-Service-')[1] ?? logicalId;

/** `name in region` for an ARN of another region's resource, a plain name as it is. */
export function withoutArn(value: string): string {
  const [arn, , , region, , ...rest] = value.split(':');
  return arn === 'arn' ? `${rest.at(-1)} in ${region}` : value;
}
