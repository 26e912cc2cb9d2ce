import { pascal } from '../../../lib/config/names';
import type { Synthesized } from '../synth';
import { texts, walk } from '../templates';

/**
 * What AWS invents never crosses a region: an export deadlocks on change, and a region that is gone could not be asked.
 * Each function returns one sentence per violation.
 */
const regionOf = ({ assembly }: Synthesized): ReadonlyMap<string, string> =>
  new Map(assembly.stacks.map((stack) => [stack.stackName, stack.environment.region]));

/** Names of the exports of each region. */
function exportsByRegion(synth: Synthesized): ReadonlyMap<string, ReadonlySet<string>> {
  const regions = regionOf(synth);
  const found = new Map<string, Set<string>>();
  for (const [stack, template] of synth.templates) {
    const region = regions.get(stack) ?? '';
    const names = found.get(region) ?? new Set<string>();
    for (const { Export } of Object.values(template.Outputs ?? {}))
      if (Export) names.add(String((Export as { Name: unknown }).Name));
    found.set(region, names);
  }
  return found;
}

/** Imports of something that no stack of the same region exports. */
export function foreignImports(synth: Synthesized): string[] {
  const regions = regionOf(synth);
  const known = exportsByRegion(synth);
  return [...synth.templates].flatMap(([stack, template]) =>
    [...walk(template)].flatMap(({ path, value }) => {
      if (path.at(-1) !== 'Fn::ImportValue') return [];
      if (typeof value === 'string' && known.get(regions.get(stack) ?? '')?.has(value)) return [];
      return [`${stack} imports ${JSON.stringify(value)}, which its region does not export.`];
    }),
  );
}

/**
 * A parameter with a name of the platform, which no template of another region reads: a function does, and bears that it is
 * not there.
 */
const OWN_PARAMETER = /^(MetricsAddressParameter|SharedFilesParameter)/;

/** The other ways in which the CDK carries values from stack to stack. */
export function crossRegionReaders({ templates }: Synthesized): string[] {
  return [...templates].flatMap(([stack, template]) => [
    ...Object.entries(template.Resources).flatMap(([id, { Type }]) =>
      /^Custom::CrossRegion|^AWS::SSM::Parameter/.test(Type) && !OWN_PARAMETER.test(id)
        ? [`${stack}: ${id} is a ${Type}.`]
        : [],
    ),
    ...[...walk(template)].flatMap(({ path }) =>
      path.at(-1) === 'Fn::GetStackOutput' ? [`${stack}: ${path.join('.')}`] : [],
    ),
    ...texts(template).flatMap(({ path, text }) =>
      text.includes('/cdk/exports/') ? [`${stack}: ${path} reads ${text}.`] : [],
    ),
    ...Object.keys(template.Parameters ?? {}).flatMap((name) =>
      name === 'BootstrapVersion' ? [] : [`${stack} takes the parameter ${name}.`],
    ),
  ]);
}

const ARN = /arn:aws:([a-z0-9-]+):([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:([^\s"]*)/g;
/** Names that a person or `lib/config/names.ts` chose: aliases, databases, their copies, tables, clusters, secrets. */
const CHOSEN =
  /^(alias\/|parameter\/holdfast\/|db:|snapshot:|replicationgroup:|cluster:|backup-vault:|table\/|cluster\/|service\/|task\/|secret:|function:)/;
/** What CloudFormation names after a stack, whose own name is chosen. */
const BY_STACK = /^(stack\/|pg:)/;
/**
 * Where AWS has no narrower resource: every key, bound by the condition on its alias; every target of scaling, bound by the
 * one on ECS; lists of copies and parameters, which RDS and ElastiCache give as a whole; automated backups, whose ids RDS
 * makes.
 */
const WHOLE: readonly string[] = [
  'key/*',
  'scalable-target/*',
  'snapshot:*',
  'db:*',
  'auto-backup:*',
  // Ids of file systems are made by AWS, and their replication knows no condition on tags.
  'file-system/*',
  'parametergroup:*',
  // Ids of workspaces are made by AWS; a condition, or the tag of the platform, binds them.
  'workspace/*',
];

/** ARNs of another region that are not made of a name of the platform's own. */
export function foreignArns(synth: Synthesized, platform: string): string[] {
  const regions = regionOf(synth);
  return [...synth.templates].flatMap(([stack, template]) =>
    texts(template).flatMap(({ path, text }) =>
      [...text.matchAll(ARN)].flatMap(([arn, service, region, resource = '']) => {
        if (region === regions.get(stack)) return [];
        if (WHOLE.includes(resource)) return [];
        if (BY_STACK.test(resource)) {
          const stacks = `${pascal(platform)}-${region}-`;
          const inStack = resource.replace(BY_STACK, '').toLowerCase().startsWith(stacks.toLowerCase());
          return inStack ? [] : [`${stack}: ${path} names ${arn}.`];
        }
        // A topic and a queue have nothing but their name.
        const name =
          service === 'sns' || service === 'sqs'
            ? resource
            : CHOSEN.test(resource)
              ? resource.replace(CHOSEN, '')
              : '';
        return name === platform || name.startsWith(`${platform}-`) || name.startsWith(`${platform}/`)
          ? []
          : [`${stack}: ${path} names ${arn}.`];
      }),
    ),
  );
}

const MADE_BY_AWS =
  /\b(vpc|subnet|sg|rtb|igw|nat|eni|eipalloc)-[0-9a-f]{8,17}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/;

/** Cache policies of AWS itself have the same id in every account: this one keeps nothing (Managed-CachingDisabled). */
const SAME_EVERYWHERE = ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad'];

/** Ids that only a deployment could have told. */
export const inventedIds = ({ templates }: Synthesized): string[] =>
  [...templates].flatMap(([stack, template]) =>
    texts(template).flatMap(({ path, text }) =>
      MADE_BY_AWS.test(text) && !SAME_EVERYWHERE.includes(text) ? [`${stack}: ${path} is ${text}.`] : [],
    ),
  );

/** Resources that choose their name, by the property that holds it, and how long it may be. */
const NAMED: Readonly<Record<string, readonly [property: string, longest: number]>> = {
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier', 63],
  'AWS::RDS::DBSubnetGroup': ['DBSubnetGroupName', 255],
  'AWS::ElastiCache::ReplicationGroup': ['ReplicationGroupId', 40],
  'AWS::ElastiCache::SubnetGroup': ['CacheSubnetGroupName', 255],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 32],
  'AWS::S3::Bucket': ['BucketName', 63],
  'AWS::IAM::Role': ['RoleName', 64],
  'AWS::Lambda::Function': ['FunctionName', 64],
  'AWS::Logs::LogGroup': ['LogGroupName', 512],
  'AWS::SecretsManager::Secret': ['Name', 512],
  'AWS::ECR::Repository': ['RepositoryName', 256],
  'AWS::ECR::PullThroughCacheRule': ['EcrRepositoryPrefix', 30],
  'AWS::KMS::Alias': ['AliasName', 256],
  'AWS::Events::Rule': ['Name', 64],
  'AWS::Scheduler::Schedule': ['Name', 64],
  'AWS::SNS::Topic': ['TopicName', 256],
  'AWS::EC2::SecurityGroup': ['GroupName', 255],
  'AWS::CloudWatch::Alarm': ['AlarmName', 255],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName', 255],
  'AWS::CloudWatch::Dashboard': ['DashboardName', 255],
  'AWS::WAFv2::WebACL': ['Name', 128],
  'AWS::ECS::Cluster': ['ClusterName', 255],
  'AWS::DynamoDB::GlobalTable': ['TableName', 255],
};

/** Physical names that are too long, or that two resources of one region would fight for. */
export function nameProblems(synth: Synthesized): string[] {
  const regions = regionOf(synth);
  const seen = new Map<string, string>();
  return [...synth.templates].flatMap(([stack, template]) =>
    Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
      const [property, longest] = NAMED[Type] ?? [];
      const name: unknown = property === undefined ? undefined : Properties[property];
      if (typeof name !== 'string' || longest === undefined) return [];
      const place = Type === 'AWS::IAM::Role' || Type === 'AWS::S3::Bucket' ? 'global' : regions.get(stack);
      const key = `${Type} ${name} in ${place}`;
      const first = seen.get(key);
      seen.set(key, `${stack}/${id}`);
      return [
        ...(first === undefined ? [] : [`${key}: ${first} and ${stack}/${id}.`]),
        ...(name.length > longest ? [`${key} has ${name.length} characters; ${longest} are allowed.`] : []),
      ];
    }),
  );
}
