import { EDGE_REGION, type Part, stackName } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import type { Stack, Stacks } from './ports';

/** Whether a stack of the platform exists. One that was only looked at in a change set does not. */
export async function stackExists(
  stacks: Stacks,
  platform: Platform,
  region: string,
  part: Part,
): Promise<boolean> {
  const name = stackName(platform, region, part);
  return (await stacks.list(region)).some((stack) => stack.name === name && isThere(stack));
}

/** All stacks of the platform in a region. */
export async function platformStacks(stacks: Stacks, platform: Platform, region: string): Promise<Stack[]> {
  const parts = partsIn(platform, region);
  const names = new Set(parts.map((part) => stackName(platform, region, part)));
  return (await stacks.list(region)).filter((stack) => names.has(stack.name));
}

/** Whether there is anything behind a name: CloudFormation also lists what it only looked at, or took back whole. */
export const isThere = ({ status }: Stack): boolean =>
  status !== 'REVIEW_IN_PROGRESS' && status !== 'DELETE_COMPLETE' && status !== 'ROLLBACK_COMPLETE';

/** The parts of the platform that belong into a region. */
export function partsIn(platform: Platform, region: string): Part[] {
  const { home, standby, witness } = platform.regions;
  const roles: Role[] = [
    ...(region === home.name ? (['home'] as const) : []),
    ...(region === standby.name ? (['standby'] as const) : []),
  ];
  return [
    ...(region === witness.name ? (['Leadership'] as const) : []),
    ...(roles.length > 0
      ? [
          ...(['Foundation', 'Network', 'Data', 'Recovery', 'Cluster'] as const),
          ...platform.services.flatMap(({ name, migration }): Part[] =>
            migration ? [`Migration-${name}`, `Service-${name}`] : [`Service-${name}`],
          ),
          'Monitoring' as const,
        ]
      : []),
    ...(region === EDGE_REGION ? (['Edge'] as const) : []),
  ];
}
