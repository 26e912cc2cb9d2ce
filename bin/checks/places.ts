import { EDGE_REGION } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';

export const ROLES: readonly Role[] = ['home', 'standby'];

/** Regions that hold stacks, each once: home, standby, witness and the one of Edge. */
export function deployedRegions({ regions }: Platform): string[] {
  return [...new Set([regions.home.name, regions.standby.name, regions.witness.name, EDGE_REGION])];
}

/** Regions that the platform uses at all: also those that hold only a replica of the leadership table. */
export const usedRegions = (platform: Platform): string[] => [
  ...new Set([...deployedRegions(platform), ...platform.leadership.regions]),
];

/** What a region is for, for example `home, edge`. */
export function purposeOf(platform: Platform, region: string): string {
  const { home, standby, witness } = platform.regions;
  const purposes = [
    ...(region === home.name ? ['home'] : []),
    ...(region === standby.name ? ['standby'] : []),
    ...(region === witness.name ? ['witness'] : []),
    ...(region === EDGE_REGION ? ['edge'] : []),
  ];
  return purposes.length > 0 ? purposes.join(', ') : 'leadership table';
}
