import type { Role } from '../config/platform';
import { type BuiltResource, type BuiltStack, entry, list, property } from '../cost/template';
import type { Picture, RegionView, ServiceView, WitnessView } from './model';
import { storesIn } from './stores';

/** A stack with its name, as it is synthesized. */
export interface NamedStack extends BuiltStack {
  readonly name: string;
}

/** Templates that are not those of a platform. */
export class NoPlatform extends Error {
  override readonly name = 'NoPlatform';
}

/**
 * Reads the picture of a platform out of its templates.
 * @param platform its name
 * @throws NoPlatform if they lack what every platform has
 */
export function readPicture(platform: string, stacks: readonly NamedStack[]): Picture {
  return {
    title: platform,
    name: failoverName(stacks),
    regions: { home: regionView(platform, stacks, 'home'), standby: regionView(platform, stacks, 'standby') },
    witness: witnessView(stacks),
  };
}

const all = (stacks: readonly NamedStack[]): readonly BuiltResource[] =>
  stacks.flatMap(({ resources }) => Object.values(resources));

const ofType = (stacks: readonly NamedStack[], type: string): readonly BuiltResource[] =>
  all(stacks).filter(({ Type }) => Type === type);

function failoverName(stacks: readonly NamedStack[]): string {
  const record = ofType(stacks, 'AWS::Route53::RecordSet').find(
    (one) => property(one, 'Failover') === 'PRIMARY',
  );
  if (!record) throw new NoPlatform('No record of the templates fails over.');
  return String(property(record, 'Name'));
}

/** The region of a role is that of the balancer whose name says it. */
function regionOfRole(stacks: readonly NamedStack[], role: Role): string {
  const found = stacks.find((stack) =>
    ofType([stack], 'AWS::ElasticLoadBalancingV2::LoadBalancer').some((one) =>
      String(property(one, 'Name')).endsWith(`-${role}`),
    ),
  );
  if (!found) throw new NoPlatform(`No load balancer of the templates is that of ${role}.`);
  return found.region;
}

function regionView(platform: string, stacks: readonly NamedStack[], role: Role): RegionView {
  const region = regionOfRole(stacks, role);
  const here = stacks.filter((stack) => stack.region === region);
  const subnets = ofType(here, 'AWS::EC2::Subnet');
  return {
    region,
    firewall: ofType(here, 'AWS::WAFv2::WebACL').length > 0,
    zones: new Set(subnets.map((one) => JSON.stringify(property(one, 'AvailabilityZone')))).size,
    natGateways: ofType(here, 'AWS::EC2::NatGateway').length,
    services: here.flatMap((stack) => serviceIn(stack, role)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    stores: storesIn(all(here), role, platform),
    parts: partsIn(here),
    record: hasRecord(stacks, region),
    endpoint: ofType(here, 'AWS::ApiGatewayV2::Api').length > 0,
  };
}

/** The stack of a service ends in its name. */
const SERVICE_STACK = /-Service-(.+)$/;

function serviceIn(stack: NamedStack, role: Role): readonly ServiceView[] {
  const [, name] = SERVICE_STACK.exec(stack.name) ?? [];
  const [definition] = ofType([stack], 'AWS::ECS::TaskDefinition');
  if (name === undefined || !definition) return [];
  const [tasks = 0, most = 0] = tasksOf(stack, role);
  return [
    {
      name,
      tasks,
      most,
      size: `${Number(property(definition, 'Cpu')) / 1024} vCPU, ${Number(property(definition, 'Memory')) / 1024} GiB`,
      isAsked: ofType([stack], 'AWS::ElasticLoadBalancingV2::TargetGroup').length > 0,
      uses: usesOf(definition),
    },
  ];
}

/** `<min> <desired> <max>`: what the gate of the image starts when it has come. */
function tasksOf(stack: NamedStack, role: Role): readonly number[] {
  const [gate] = ofType([stack], 'Custom::HoldfastImageGate');
  const [, desired, max] = String(gate && property(gate, role === 'home' ? 'Serving' : 'Standby'))
    .split(' ')
    .map(Number);
  return [desired, max].map((count) => (count !== undefined && Number.isFinite(count) ? count : 0));
}

const USES = [
  ['database', /^DATABASE_/],
  ['cache', /^CACHE_/],
  ['queue', /^(QUEUE|BROKER|RABBITMQ)_/],
  ['objects', /^BUCKET_/],
] as const;

/** What a service finds in its environment tells what it talks to; a volume that is mounted, too. */
function usesOf(definition: BuiltResource): ServiceView['uses'] {
  const names = list(property(definition, 'ContainerDefinitions')).flatMap((container) =>
    [...list(entry(container, 'Environment')), ...list(entry(container, 'Secrets'))].map((one) =>
      String(entry(one, 'Name')),
    ),
  );
  const mounts = list(property(definition, 'Volumes')).some(
    (volume) => entry(volume, 'EFSVolumeConfiguration') !== undefined,
  );
  return [
    ...USES.filter(([, pattern]) => names.some((name) => pattern.test(name))).map(([kind]) => kind),
    ...(mounts ? (['files'] as const) : []),
  ];
}

/** Functions by the end of their names, in the order in which they are told. */
const PARTS = [
  [/-region-agent$/, 'region agent'],
  [/-wal-archive$/, 'WAL archive'],
  [/-backup$/, 'backups'],
  [/-restore-drill$/, 'restore drill'],
  [/-secret-rotation$/, 'rotation'],
  [/-alert-relay$/, 'alerts'],
] as const;

function partsIn(here: readonly NamedStack[]): readonly string[] {
  const names = ofType(here, 'AWS::Lambda::Function').map((one) => String(property(one, 'FunctionName')));
  return [
    ...PARTS.filter(([pattern]) => names.some((name) => pattern.test(name))).map(([, what]) => what),
    ...(ofType(here, 'AWS::APS::Workspace').length > 0 ? ['Prometheus'] : []),
  ];
}

/** Regions in which the leadership record has a replica. */
const recordRegions = (stacks: readonly NamedStack[]): readonly string[] =>
  ofType(stacks, 'AWS::DynamoDB::GlobalTable').flatMap((table) =>
    list(property(table, 'Replicas')).map((replica) => String(entry(replica, 'Region'))),
  );

const hasRecord = (stacks: readonly NamedStack[], region: string): boolean =>
  recordRegions(stacks).includes(region);

function witnessView(stacks: readonly NamedStack[]): WitnessView {
  const stack = stacks.find((one) => ofType([one], 'AWS::DynamoDB::GlobalTable').length > 0);
  if (!stack) throw new NoPlatform('No table of the templates holds the leadership record.');
  const drawn = [stack.region, regionOfRole(stacks, 'home'), regionOfRole(stacks, 'standby')];
  return {
    region: stack.region,
    record: hasRecord(stacks, stack.region),
    endpoint: ofType([stack], 'AWS::ApiGatewayV2::Api').length > 0,
    elsewhere: recordRegions(stacks).filter((region) => !drawn.includes(region)),
  };
}
