import type { Synthesized } from '../synth';
import { ofType } from './exposure';

/** What keeps a deployed platform operable: logs, runtimes, limits. Each function returns one sentence per violation. */
const RUNTIME = 'nodejs24.x';

/** Every function runs on the runtime of the project and writes into a log group that no other function has. */
export function functionProblems(synth: Synthesized): string[] {
  const owners = new Map<string, string>();
  return ofType(synth, 'AWS::Lambda::Function').flatMap(({ stack, id, resource: { Properties } }) => {
    const group: unknown = Properties.LoggingConfig?.LogGroup?.Ref;
    const there =
      typeof group === 'string' &&
      synth.templates.get(stack)?.Resources[group]?.Type === 'AWS::Logs::LogGroup';
    const key = `${stack}/${group}`;
    const other = owners.get(key);
    owners.set(key, id);
    return [
      ...(Properties.Runtime === RUNTIME ? [] : [`${stack}: ${id} runs on ${Properties.Runtime}.`]),
      ...(there ? [] : [`${stack}: ${id} has no log group of its own.`]),
      ...(there && other !== undefined ? [`${stack}: ${id} and ${other} share a log group.`] : []),
    ];
  });
}

/** Every log group ends, and where the platform has a key, that key encrypts it. */
export const logGroupProblems = (synth: Synthesized): string[] =>
  ofType(synth, 'AWS::Logs::LogGroup').flatMap(({ stack, id, resource: { Properties } }) => [
    ...(Properties.RetentionInDays > 0 ? [] : [`${stack}: ${id} is kept for ever.`]),
    ...(Properties.KmsKeyId || /-(Leadership|Edge)$/.test(stack)
      ? []
      : [`${stack}: ${id} has no customer key.`]),
  ]);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const TEMPLATE_LIMITS = { Resources: 500, Outputs: 200, Parameters: 200, Mappings: 200 } as const;
const TEMPLATE_BYTES = 1024 * 1024;
/** All inline policies of a role, without white space. */
const INLINE_POLICY_CHARACTERS = 10_240;
/** All variables of a function. */
const ENVIRONMENT_BYTES = 4096;
/** Rules of a security group in one direction. */
const SECURITY_GROUP_RULES = 60;
/** Rules of a listener, without its default. */
const LISTENER_RULES = 100;

/** Templates and resources that AWS would refuse for their size. */
export function overLimits(synth: Synthesized): string[] {
  const tooMany = (what: string, count: number, most: number) =>
    count > most ? [`${what}: ${count}, but ${most} are allowed.`] : [];
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const perRegion = new Map<string, number>();
  for (const { resource } of ofType(synth, 'AWS::ElasticLoadBalancingV2::ListenerRule')) {
    const listener = JSON.stringify(resource.Properties.ListenerArn);
    perRegion.set(listener, (perRegion.get(listener) ?? 0) + 1);
  }
  return [
    ...[...synth.templates].flatMap(([stack, template]) => [
      ...Object.entries(TEMPLATE_LIMITS).flatMap(([part, most]) =>
        tooMany(
          `${stack}: ${part}`,
          Object.keys(template[part as keyof typeof TEMPLATE_LIMITS] ?? {}).length,
          most,
        ),
      ),
      // As the CDK writes it, which is what is uploaded.
      ...tooMany(
        `${stack}: bytes`,
        Buffer.byteLength(JSON.stringify(template, undefined, 1)),
        TEMPLATE_BYTES,
      ),
    ]),
    ...ofType(synth, 'AWS::IAM::Role').flatMap(({ stack, id, resource }) =>
      tooMany(
        `${stack}: inline policies of ${id}`,
        (resource.Properties.Policies ?? []).reduce(
          (sum: number, { PolicyDocument }: { PolicyDocument: unknown }) => sum + size(PolicyDocument),
          0,
        ),
        INLINE_POLICY_CHARACTERS,
      ),
    ),
    ...ofType(synth, 'AWS::Lambda::Function').flatMap(({ stack, id, resource }) =>
      tooMany(
        `${stack}: variables of ${id}`,
        size(resource.Properties.Environment?.Variables ?? {}),
        ENVIRONMENT_BYTES,
      ),
    ),
    ...ofType(synth, 'AWS::EC2::SecurityGroup').flatMap(({ stack, id, resource }) =>
      tooMany(
        `${stack}: rules of ${id}`,
        (resource.Properties.SecurityGroupIngress ?? []).length,
        SECURITY_GROUP_RULES,
      ),
    ),
    ...[...perRegion].flatMap(([listener, count]) => tooMany(`rules of ${listener}`, count, LISTENER_RULES)),
  ];
}
