import { clusterName, databaseArn, leadershipTable } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { KILLED_SERVICES_MAX, type Scenario, type ScenarioName } from './scenarios';

/** Subnets of a region by their kind, in the order of its zones. */
export interface Subnets {
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** Where the experiments of a region act. */
export interface Place {
  readonly platform: Platform;
  readonly role: Role;
  readonly subnets: Subnets;
}

/** One thing that FIS does, and to what. */
export interface Action {
  /** Within its experiment. */
  readonly name: string;
  /** https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html */
  readonly actionId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Name of the kind of target in the action, for example `Subnets`. */
  readonly kind: string;
  readonly target: Target;
}

export interface Target {
  readonly resourceType: string;
  /** At most five; else tags. */
  readonly resourceArns?: readonly string[];
  readonly resourceTags?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly selectionMode: 'ALL' | 'COUNT(1)';
}

/** @returns what FIS does in a scenario, all at once */
export function actionsOf(place: Place, { name, minutes }: Scenario): Action[] {
  const duration = { duration: `PT${minutes}M` };
  const makers: Readonly<Record<ScenarioName, () => Action[]>> = {
    'replica-kill': () => killedTasks(place),
    'zone-loss': () => [
      cut('zone', 'all', ofTheFirstZone(place.subnets), place, duration),
      ...zonalData(place, duration),
    ],
    'database-failure': () => [failedOver('database', place, { resourceArns: [ownDatabase(place)] })],
    partition: () => [cut('tasks-and-functions', 'vpc', place.subnets.private, place, duration)],
    'region-loss': () => [
      cut('tasks-and-functions', 'vpc', place.subnets.private, place, duration),
      cut('entrance', 'vpc', place.subnets.public, place, duration),
    ],
    'table-isolation': () => [isolatedTable(place, duration)],
  };
  return makers[name]();
}

const regionOf = ({ platform, role }: Place): string => platform.regions[role].name;
const ownDatabase = (place: Place): string => databaseArn(place.platform, regionOf(place));

/** What the Data stack makes carries these. */
const tagsOfData = ({ platform }: Place) => ({ 'holdfast:platform': platform.name, 'holdfast:part': 'Data' });

const ofTheFirstZone = ({ public: open, private: own, isolated }: Subnets): string[] =>
  [open, own, isolated].flatMap(([first]) => (first === undefined ? [] : [first]));

const killedTasks = ({ platform }: Place): Action[] =>
  platform.services
    .filter(({ routes }) => routes.length > 0)
    .slice(0, KILLED_SERVICES_MAX)
    .map(({ name }) => ({
      name: `stop-${name}`,
      actionId: 'aws:ecs:stop-task',
      parameters: {},
      kind: 'Tasks',
      target: {
        resourceType: 'aws:ecs:task',
        parameters: { cluster: clusterName(platform), service: name },
        selectionMode: 'COUNT(1)',
      },
    }));

/**
 * @param scope `vpc`: nothing passes to or from what is outside the network, the endpoints of S3 and DynamoDB among it;
 *   `all`: nothing passes at all
 */
const cut = (
  what: string,
  scope: 'vpc' | 'all',
  subnets: readonly string[],
  place: Place,
  duration: Readonly<Record<string, string>>,
): Action => ({
  name: `cut-off-${what}`,
  actionId: 'aws:network:disrupt-connectivity',
  parameters: { scope, ...duration },
  kind: 'Subnets',
  target: {
    resourceType: 'aws:ec2:subnet',
    resourceArns: subnets.map((id) => subnetArn(place, id)),
    selectionMode: 'ALL',
  },
});

export const subnetArn = (place: Place, id: string): string =>
  `arn:aws:ec2:${regionOf(place)}:${place.platform.account}:subnet/${id}`;

/** FIS knows the zone of a database or a cache only where it finds them by their tags. */
function zonalData(place: Place, duration: Readonly<Record<string, string>>): Action[] {
  const { platform, role } = place;
  const zone = platform.regions[role].zones[0] ?? '';
  const { database, cache } = platform;
  const isMultiAz = database?.kind === 'managed' && database.multiAz[role];
  return [
    ...(isMultiAz
      ? [
          failedOver('database-of-the-zone', place, {
            resourceTags: tagsOfData(place),
            parameters: { availabilityZoneIdentifiers: zone },
          }),
        ]
      : []),
    ...(cache
      ? [
          {
            name: 'stop-cache-nodes',
            actionId: 'aws:elasticache:replicationgroup-interrupt-az-power',
            parameters: duration,
            kind: 'ReplicationGroups',
            target: {
              resourceType: 'aws:elasticache:replicationgroup',
              resourceTags: tagsOfData(place),
              parameters: { availabilityZoneIdentifier: zone },
              selectionMode: 'ALL' as const,
            },
          },
        ]
      : []),
  ];
}

const failedOver = (
  what: string,
  { platform, role }: Place,
  target: Omit<Target, 'resourceType' | 'selectionMode'>,
): Action => ({
  name: `fail-over-${what}`,
  actionId: 'aws:rds:reboot-db-instances',
  parameters: {
    forceFailover: String(platform.database?.kind === 'managed' && platform.database.multiAz[role]),
  },
  kind: 'DBInstances',
  target: { resourceType: 'aws:rds:db', selectionMode: 'ALL', ...target },
});

export const tableArn = (place: Place): string =>
  `arn:aws:dynamodb:${regionOf(place)}:${place.platform.account}:table/${leadershipTable(place.platform)}`;

const isolatedTable = (place: Place, duration: Readonly<Record<string, string>>): Action => ({
  name: 'isolate-table',
  actionId: 'aws:dynamodb:global-table-pause-replication',
  parameters: duration,
  kind: 'Tables',
  target: {
    resourceType: 'aws:dynamodb:global-table',
    resourceArns: [tableArn(place)],
    selectionMode: 'ALL',
  },
});
