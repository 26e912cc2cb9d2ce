import type { BackupSettings } from '../../lambda/backup/contract';
import { ENVIRONMENT as DRILL } from '../../lambda/restore-drill/contract';
import { regionDomain } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import type { Resource, Synthesized, Template } from './synth';

/** A list of `{Key, Value}` as a mapping: attributes of balancers, target groups, listeners. */
export const attributes = (list: readonly { readonly Key: string; readonly Value: unknown }[]) =>
  Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));

/** Every value of a template with the keys that lead to it, from the outside in. */
export function* walk(
  value: unknown,
  path: readonly string[] = [],
): Generator<{ readonly path: readonly string[]; readonly value: unknown }> {
  yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...path, key]);
}

/** Every text of a template, wherever it stands. */
export const texts = (template: unknown): { readonly path: string; readonly text: string }[] =>
  [...walk(template)].flatMap(({ path, value }) =>
    typeof value === 'string' ? [{ path: path.join('.'), text: value }] : [],
  );

/** One statement of a policy, with lists where AWS also takes a single value. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly principal: unknown;
  readonly condition: unknown;
  /** Type and logical id of the resource that the policy belongs to. */
  readonly type: string;
  readonly id: string;
}

const listed = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Every statement of every policy of a template: of roles, keys, buckets, topics. */
export function statements(template: Template): Statement[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
    [...walk(Properties ?? {})].flatMap(({ path, value }) => {
      if (path.at(-1) !== 'Statement' || path.includes('AssumeRolePolicyDocument')) return [];
      // A rule of a web ACL has a `Statement` too, which is no list.
      if (!Array.isArray(value)) return [];
      return (value as Record<string, unknown>[]).map((statement) => ({
        effect: String(statement.Effect),
        actions: listed(statement.Action).map(String),
        resources: listed(statement.Resource),
        principal: statement.Principal,
        condition: statement.Condition,
        type: Type,
        id,
      }));
    }),
  );
}

/** Tasks that ECS keeps in service during a deployment of `desired` tasks: it rounds up. */
export const inService = (desired: number, minimumHealthyPercent: number): number =>
  Math.ceil((desired * minimumHealthyPercent) / 100);

/** Tasks that ECS lets run at once during a deployment of `desired` tasks: it rounds down. */
export const atMost = (desired: number, maximumPercent: number): number =>
  Math.floor((desired * maximumPercent) / 100);

/** The resource that an import of the stack `importer` stands for, in the stack that exports it. */
export function imported(
  { templates }: Synthesized,
  reference: { readonly 'Fn::ImportValue': string },
): { readonly id: string; readonly resource: Resource } {
  const name = reference['Fn::ImportValue'];
  for (const template of templates.values()) {
    for (const { Value, Export } of Object.values(template.Outputs ?? {})) {
      if ((Export as { Name?: string } | undefined)?.Name !== name) continue;
      const value = Value as { Ref?: string; 'Fn::GetAtt'?: readonly [string, string] };
      const id = value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';
      const resource = template.Resources[id];
      if (resource) return { id, resource };
    }
  }
  throw new Error(`Nothing exports ${name}.`);
}

/** Zones of a list of imported subnets. */
export const zonesOf = (
  synth: Synthesized,
  subnets: readonly { readonly 'Fn::ImportValue': string }[],
): string[] => subnets.map((subnet) => imported(synth, subnet).resource.Properties.AvailabilityZone);

/** What tests of a service look at, in one region. */
export interface ServiceView {
  readonly service: Record<string, unknown> & Resource['Properties'];
  readonly targetGroup: Resource['Properties'];
  readonly targetAttributes: Record<string, unknown>;
  readonly task: Resource['Properties'];
  readonly container: Resource['Properties'];
  readonly gate: Resource['Properties'];
}

/** A routed service with one route and an own image; of a pair of target groups the first. */
export function serviceView(synth: Synthesized, region: string, name: string): ServiceView {
  const suffix = `${region}-Service-${name}`;
  const only = (type: string) => synth.only(suffix, type).Properties;
  const [first] = synth.resources(suffix, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  if (!first) throw new Error(`${name} has no target group in ${region}`);
  const targetGroup = first[1].Properties;
  const task = only('AWS::ECS::TaskDefinition');
  return {
    service: only('AWS::ECS::Service'),
    targetGroup,
    targetAttributes: attributes(targetGroup.TargetGroupAttributes),
    task,
    container: task.ContainerDefinitions[0],
    gate: only('Custom::HoldfastImageGate'),
  };
}

/** The two policies and the two alarms of a service that scales. */
export function scalingView(synth: Synthesized, region: string, name: string) {
  const suffix = `${region}-Service-${name}`;
  const find = (type: string, key: string, ending: string): Resource['Properties'] => {
    const found = synth
      .resources(suffix, type)
      .filter(([, { Properties }]) => String(Properties[key]).endsWith(ending));
    if (found.length !== 1 || !found[0])
      throw new Error(`${found.length} resources of type ${type} end in ${ending}`);
    return found[0][1].Properties;
  };
  const policy = (ending: string) =>
    find('AWS::ApplicationAutoScaling::ScalingPolicy', 'PolicyName', ending).StepScalingPolicyConfiguration;
  const alarm = (ending: string) => find('AWS::CloudWatch::Alarm', 'AlarmName', ending);
  return {
    out: policy('-out'),
    in: policy('-in'),
    high: alarm('-load-high'),
    low: alarm('-load-low'),
    /** The formula of the load ratio. */
    expression: (which: 'high' | 'low'): string =>
      alarm(`-load-${which}`).Metrics.find(({ Id }: { Id: string }) => Id === 'load').Expression,
  };
}

/** The pair of failover records of a public name. */
export function failoverPair(synth: Synthesized, platform: Platform, name: string) {
  const records = synth
    .resources('us-east-1-Edge', 'AWS::Route53::RecordSet')
    .map(([, resource]) => resource)
    .filter(({ Properties }) => Properties.Name === name);
  const of = (role: Role): Resource => {
    const found = records.find(
      ({ Properties }) => Properties.AliasTarget.DNSName === regionDomain(platform, role),
    );
    if (!found) throw new Error(`${name} has no record that points at the ${role} region.`);
    return found;
  };
  return { home: of('home'), standby: of('standby'), count: records.length };
}

/** What the backup function of a region does and when, as its stack says it. */
export function backupView(synth: Synthesized, region: string, platform: string) {
  const suffix = `${region}-Recovery`;
  const { Environment } = functionNamed(synth, suffix, `${platform}-backup`);
  const { schedules, keep }: BackupSettings = JSON.parse(Environment.Variables.BACKUP_SETTINGS);
  const begins = `${platform}-backup-`;
  const starts = synth
    .resources(suffix, 'AWS::Scheduler::Schedule')
    .map(([, { Properties }]) => Properties)
    .filter(({ Name }) => Name.startsWith(begins))
    .map(({ Name, ScheduleExpression }) => [Name.slice(begins.length), ScheduleExpression]);
  return {
    keep,
    /** Expression of the schedule, by name. */
    starts: Object.fromEntries(starts),
    covers: Object.fromEntries(schedules.map(({ name, covers }) => [name, covers])),
  };
}

/** Days between two rehearsals of a restore, as the stack tells the function. */
export function drillDays(synth: Synthesized, region: string, platform: string): number {
  const { Environment } = functionNamed(synth, `${region}-Recovery`, `${platform}-restore-drill`);
  // A join of texts and references: some of its values AWS fills in.
  const [, days] = /everyDays\\*":(\d+)/.exec(JSON.stringify(Environment.Variables[DRILL.settings])) ?? [];
  return Number(days);
}

/** The only function of that physical name in the stack whose name ends so. */
export function functionNamed(synth: Synthesized, suffix: string, name: string): Resource['Properties'] {
  const found = synth
    .resources(suffix, 'AWS::Lambda::Function')
    .filter(([, { Properties }]) => Properties.FunctionName === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} functions ${name} in ${suffix}`);
  return found[0][1].Properties;
}
