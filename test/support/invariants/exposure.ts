import type { Resource, Synthesized } from '../synth';
import { texts, walk } from '../templates';

/** What nobody outside may see or reach. Each function returns one sentence per violation. */
interface Found {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
}

export function ofType({ templates }: Synthesized, type: string): Found[] {
  return [...templates].flatMap(([stack, template]) =>
    Object.entries(template.Resources).flatMap(([id, resource]) =>
      resource.Type === type ? [{ stack, id, resource }] : [],
    ),
  );
}

const SECRET_PROPERTY = /(password|authtoken|secretstring|accesskey|privatekey|clientsecret|credentials?)$/i;
const SECRET_VARIABLE = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(^|_)KEYS?$/;
const LOOKS_SECRET =
  /AKIA[0-9A-Z]{16}|-----BEGIN|\bgh[pousr]_\w{20}|\bxox[abpr]-|:\/\/[^/\s:@]+:[^/\s:@]+@|\b(password|passwd|secret|token)=\S{6}/i;
const reference = (platform: string) =>
  new RegExp(`^\\{\\{resolve:secretsmanager:${platform}/[a-z0-9-]+:SecretString:\\w+\\}\\}$`);

/** Ids that AWS made, in plain parameters of the platform: nothing that is secret. */
const ID = (platform: string): RegExp =>
  new RegExp(`\\{\\{resolve:ssm:/holdfast/${platform}/shared-files/[a-z0-9-]+\\}\\}`, 'g');

/** Properties that hold a secret must refer to Secrets Manager, and no text may look like one. */
export function secretValues({ templates }: Synthesized, platform: string): string[] {
  const allowed = reference(platform);
  return [...templates].flatMap(([stack, template]) => [
    ...[...walk(template.Resources)].flatMap(({ path, value }) =>
      typeof value === 'string' && SECRET_PROPERTY.test(path.at(-1) ?? '') && !allowed.test(value)
        ? [`${stack}: ${path.join('.')} is a plain value.`]
        : [],
    ),
    ...texts(template).flatMap(({ path, text }) =>
      LOOKS_SECRET.test(text) ? [`${stack}: ${path} looks like a secret.`] : [],
    ),
    ...texts(template).flatMap(({ path, text }) =>
      text.replaceAll(ID(platform), '').includes('{{resolve:') && !allowed.test(text)
        ? [`${stack}: ${path} resolves ${text}.`]
        : [],
    ),
  ]);
}

/** Secrets never reach a container or a function as a plain variable; both may know a secret's name. */
export function secretVariables(synth: Synthesized, platform: string): string[] {
  const containers = ofType(synth, 'AWS::ECS::TaskDefinition').flatMap(({ stack, resource }) =>
    (resource.Properties.ContainerDefinitions as Resource['Properties'][]).flatMap(
      ({ Environment, Secrets }) => [
        ...(Environment ?? []).flatMap(({ Name, Value }: { Name: string; Value: unknown }) =>
          SECRET_VARIABLE.test(Name) && !isNameOfSecret(Value, platform)
            ? [`${stack}: ${Name} is a plain variable.`]
            : [],
        ),
        ...(Secrets ?? []).flatMap(({ Name, ValueFrom }: { Name: string; ValueFrom: unknown }) =>
          /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:/.test(String(ValueFrom)) &&
          String(ValueFrom).includes(`:secret:${platform}/`)
            ? []
            : [`${stack}: ${Name} comes from ${JSON.stringify(ValueFrom)}.`],
        ),
      ],
    ),
  );
  const functions = ofType(synth, 'AWS::Lambda::Function').flatMap(({ stack, id, resource }) =>
    Object.entries(resource.Properties.Environment?.Variables ?? {}).flatMap(([name, value]) =>
      SECRET_VARIABLE.test(name) && !isNameOfSecret(value, platform)
        ? [`${stack}: ${id} gets ${name} as a plain value.`]
        : [],
    ),
  );
  return [...containers, ...functions];
}

/** The name of a secret of the platform, the beginning of all of them, or a mapping of such names as JSON. */
function isNameOfSecret(value: unknown, platform: string): boolean {
  if (typeof value !== 'string') return false;
  const name = new RegExp(`^${platform}/[a-z0-9-]+$`);
  if (name.test(value) || value === `${platform}/`) return true;
  try {
    return Object.keys(JSON.parse(value) as object).every((key) => name.test(key));
  } catch {
    return false;
  }
}

const isPublic = (rule: { CidrIp?: string; CidrIpv6?: string }): boolean =>
  rule.CidrIp === '0.0.0.0/0' || rule.CidrIpv6 === '::/0';

/** Security groups that let the whole internet in, beside those of balancers. */
export function publicDoors(synth: Synthesized): string[] {
  const balancers = ofType(synth, 'AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap(({ resource }) =>
    (resource.Properties.SecurityGroups as { 'Fn::ImportValue': string }[]).map((g) => g['Fn::ImportValue']),
  );
  const ofBalancer = ({ stack, id }: Found): boolean =>
    balancers.some((name) => name.startsWith(`${stack}:`) && name.includes(`FnGetAtt${id}GroupId`));
  return [
    ...ofType(synth, 'AWS::EC2::SecurityGroup').flatMap((found) =>
      (found.resource.Properties.SecurityGroupIngress ?? []).some(isPublic) && !ofBalancer(found)
        ? [`${found.stack}: ${found.id} lets everybody in.`]
        : [],
    ),
    ...ofType(synth, 'AWS::EC2::SecurityGroupIngress').flatMap(({ stack, id, resource }) =>
      isPublic(resource.Properties) ? [`${stack}: ${id} lets everybody in.`] : [],
    ),
  ];
}

/** Places where something would get an address of the internet. NAT gateways and the balancer are the only ones. */
export function publicAddresses(synth: Synthesized): string[] {
  const wrong = (type: string, is: (properties: Resource['Properties']) => boolean) =>
    ofType(synth, type).flatMap(({ stack, id, resource }) =>
      is(resource.Properties) ? [`${stack}: ${id} gets a public address.`] : [],
    );
  const gateways = JSON.stringify(ofType(synth, 'AWS::EC2::NatGateway').map(({ resource }) => resource));
  return [
    ...wrong('AWS::EC2::Subnet', (p) => p.MapPublicIpOnLaunch !== false),
    ...wrong(
      'AWS::ECS::Service',
      (p) => p.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp !== 'DISABLED',
    ),
    ...wrong('AWS::RDS::DBInstance', (p) => p.PubliclyAccessible !== false),
    ...ofType(synth, 'AWS::EC2::EIP').flatMap(({ stack, id }) =>
      gateways.includes(`"${id}"`) ? [] : [`${stack}: ${id} belongs to no NAT gateway.`],
    ),
  ];
}
