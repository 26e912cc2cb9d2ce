import { EDGE_REGION, endpointDomain, type Part, publicNames, regionDomain } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Check } from './check';
import { type Finding, GLOBAL, ok, todo } from './line';
import { stackExists } from './platform-stacks';
import type { HostedZones, Stacks } from './ports';

/** Types that keep CloudFormation from making an address record under the same name. */
const IN_THE_WAY = ['A', 'AAAA', 'CNAME'];

interface OwnName {
  readonly name: string;
  /** Stack that makes the record. */
  readonly region: string;
  readonly part: Part;
}

/** Are the platform's names free? CloudFormation does not overwrite what somebody else made. */
export const records: Check = {
  name: 'records',
  asksAws: true,
  tasks: (platform, ports) => [{ place: GLOBAL, run: () => namesFree(platform, ports.zones, ports.stacks) }],
};

/** Every name that the platform writes into the hosted zone, with the stack that does. */
export function ownNames(platform: Platform): OwnName[] {
  const { home, standby, witness } = platform.regions;
  return [
    ...publicNames(platform).map((name): OwnName => ({ name, region: EDGE_REGION, part: 'Edge' })),
    { name: regionDomain(platform, 'home'), region: home.name, part: 'Cluster' },
    { name: regionDomain(platform, 'standby'), region: standby.name, part: 'Cluster' },
    { name: endpointDomain(platform, 'standby'), region: standby.name, part: 'Recovery' },
    { name: endpointDomain(platform, 'witness'), region: witness.name, part: 'Leadership' },
  ];
}

async function namesFree(platform: Platform, zones: HostedZones, stacks: Stacks): Promise<Finding[]> {
  const { id } = platform.domain.hostedZone;
  // A zone that does not exist is said by another check.
  if (!(await zones.zone(id))) return [];
  const taken: Finding[] = [];
  for (const { name, region, part } of ownNames(platform)) {
    const types = (await zones.recordTypes(id, name)).filter((type) => IN_THE_WAY.includes(type));
    if (types.length === 0 || (await stackExists(stacks, platform, region, part))) continue;
    taken.push(
      todo(
        `${name} has a record already (${types.join(', ')}) that no stack of the platform made; the deployment would stop at it.`,
        `Delete it, or choose another \`domain.name\`. See it: aws route53 list-resource-record-sets --hosted-zone-id ${id} --query "ResourceRecordSets[?Name=='${name}.']"`,
      ),
    );
  }
  return taken.length > 0 ? taken : [ok('Nobody else has records under the names of the platform.')];
}
