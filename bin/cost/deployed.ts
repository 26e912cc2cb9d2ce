import { HoldfastError, sentenceOf } from '../../lambda/runtime/errors';
import { stackName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { DeployedStack } from '../../lib/cost/deployed';
import { type BuiltResource, entry } from '../../lib/cost/template';
import { deployedRegions } from '../checks/places';
import { isThere, partsIn } from '../checks/platform-stacks';
import type { Stacks } from '../checks/ports';
import type { Deployed } from '../operate/ports';

/** What is asked of CloudFormation; it only reads. */
export interface DeployedPorts {
  readonly stacks: Stacks;
  readonly deployed: Pick<Deployed, 'template'>;
}

/** The platform has no stack anywhere. */
export class NotDeployed extends HoldfastError {
  constructor(
    readonly platform: string,
    readonly regions: readonly string[],
  ) {
    super(
      `No stack of ${platform} is deployed in ${regions.join(', ')}: there is nothing to compare with. What it would cost says npx holdfast cost; whether these are the right credentials, npx holdfast check`,
    );
  }
}

/** A template that CloudFormation gave is none. */
export class BadTemplate extends HoldfastError {
  constructor(region: string, stack: string, cause: unknown) {
    super(`The template of ${stack} in ${region} cannot be read: ${sentenceOf(cause)}`, { cause });
  }
}

/** What is deployed of a platform. */
export interface Found {
  readonly stacks: readonly DeployedStack[];
  /** Stacks that the file has and that are not deployed. */
  readonly missing: readonly string[];
}

/**
 * Reads the templates of all stacks of a platform, those also of services that the file has no more.
 * @throws NotDeployed, BadTemplate, CallFailed
 */
export async function deployedStacks(platform: Platform, ports: DeployedPorts): Promise<Found> {
  const regions = deployedRegions(platform);
  const found = await Promise.all(regions.map((region) => stacksIn(platform, region, ports)));
  const stacks = found.flat();
  if (stacks.length === 0) throw new NotDeployed(platform.name, regions);
  const names = new Set(stacks.map(({ name }) => name));
  const wanted = regions.flatMap((region) =>
    partsIn(platform, region).map((part) => stackName(platform, region, part)),
  );
  return { stacks, missing: wanted.filter((name) => !names.has(name)) };
}

async function stacksIn(
  platform: Platform,
  region: string,
  { stacks, deployed }: DeployedPorts,
): Promise<DeployedStack[]> {
  const known = new Set(partsIn(platform, region).map((part) => stackName(platform, region, part)));
  const services = stackName(platform, region, 'Service-');
  const own = (await stacks.list(region)).filter(
    (stack) => (known.has(stack.name) || stack.name.startsWith(services)) && isThere(stack),
  );
  const read = await Promise.all(
    own.map(async ({ name }) => {
      const template = await deployed.template(region, name);
      // It has gone since it was listed.
      return template === undefined ? [] : [{ name, region, resources: resourcesOf(region, name, template) }];
    }),
  );
  return read.flat();
}

function resourcesOf(region: string, stack: string, template: string): Record<string, BuiltResource> {
  try {
    const resources: unknown = entry(JSON.parse(template), 'Resources') ?? {};
    return Object.fromEntries(Object.entries(resources ?? {}).map(([id, one]) => [id, resourceOf(one)]));
  } catch (error) {
    throw new BadTemplate(region, stack, error);
  }
}

const resourceOf = (value: unknown): BuiltResource => ({
  Type: String(entry(value, 'Type')),
  Properties: entry(value, 'Properties'),
});
