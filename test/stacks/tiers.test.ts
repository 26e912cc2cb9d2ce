import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parsePlatform } from '../../lib/config/load';
import { MINIMAL_EXAMPLE } from '../../lib/config/reference';
import { DataStack } from '../../lib/stacks/data-stack';
import { FoundationStack } from '../../lib/stacks/foundation-stack';
import { LeadershipStack } from '../../lib/stacks/leadership-stack';
import { NetworkStack } from '../../lib/stacks/network-stack';
import { newApp, type Resource, ROOT, type Template } from '../support/synth';

const SIZES = ['small', 'medium', 'large'] as const;
const TIERS = ['pilot-light', 'warm', 'full'] as const;
const STATES = SIZES.flatMap((size) => TIERS.map((tier) => ({ size, tier, name: `${size} ${tier}` })));
type State = (typeof STATES)[number];
const PAIRS = STATES.flatMap((from) => STATES.filter((to) => to !== from).map((to) => [from, to] as const));

/** Types that hold what nobody can make again. */
const DATA = /^AWS::(RDS|ElastiCache|S3|KMS|DynamoDB|EFS|AmazonMQ|SecretsManager|ECR|Backup)::/;

/** A file in which everything follows the size. */
const fileOf = ({ size, tier }: State): string =>
  MINIMAL_EXAMPLE.replace('account:', `size: ${size}\naccount:`)
    .replace('    cidr: 10.1.0.0/16', `    cidr: 10.1.0.0/16\n    tier: ${tier}`)
    .replace('    secrets:', '    sharedFiles: { path: /srv/shared }\n    secrets:')
    .replace(
      'database: {}',
      'database: {}\ncache: {}\nbuckets: { files: {} }\nqueues: { tasks: { engine: rabbitmq } }',
    );

/** The stacks that hold data, with the network that they stand in: `stack/logical id` to resource. */
function storesOf(state: State): ReadonlyMap<string, Resource> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tiers-'));
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 2;
  try {
    const platform = parsePlatform(fileOf(state), 'platform.yaml');
    const app = newApp(folder);
    new LeadershipStack(app, { platform });
    for (const role of ['home', 'standby'] as const) {
      const foundation = new FoundationStack(app, { platform, role });
      const network = new NetworkStack(app, { platform, role, logKey: foundation.keys.operations });
      new DataStack(app, { platform, role, foundation, network });
    }
    return new Map(
      app.synth().stacks.flatMap(({ stackName, template }) =>
        Object.entries((template as Template).Resources)
          .filter(([, { Type }]) => DATA.test(Type))
          .map(([id, resource]) => [`${stackName}/${id}`, resource] as const),
      ),
    );
  } finally {
    Error.stackTraceLimit = limit;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the CDK's own difference of templates knows of CloudFormation: properties of a type that may replace a resource. */
function replacingProperties(): ReadonlyMap<string, readonly string[]> {
  const text = gunzipSync(readFileSync(join(ROOT, 'node_modules/aws-cdk/db.json.gz'))).toString('utf8');
  const specification: {
    schema: {
      resource: {
        entities: Record<
          string,
          { cloudFormationType: string; properties: Record<string, { causesReplacement?: string }> }
        >;
      };
    };
  } = JSON.parse(text);
  return new Map(
    Object.values(specification.schema.resource.entities)
      .filter(({ cloudFormationType }) => DATA.test(cloudFormationType))
      .map(({ cloudFormationType, properties }) => [
        cloudFormationType,
        Object.entries(properties)
          .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
          .map(([name]) => name),
      ]),
  );
}

describe('a change of size or of standby', () => {
  const stores = new Map<string, ReadonlyMap<string, Resource>>();
  let replacing: ReadonlyMap<string, readonly string[]> = new Map();
  beforeAll(() => {
    for (const state of STATES) stores.set(state.name, storesOf(state));
    replacing = replacingProperties();
  });
  const of = (state: State): ReadonlyMap<string, Resource> => stores.get(state.name) ?? new Map();

  it('is looked at with every kind of store, and with the properties that replace each', () => {
    const types = new Set([...of(STATES[0] ?? fail())].map(([, { Type }]) => Type));
    for (const type of [
      'AWS::RDS::DBInstance',
      'AWS::ElastiCache::ReplicationGroup',
      'AWS::S3::Bucket',
      'AWS::KMS::Key',
      'AWS::DynamoDB::GlobalTable',
      'AWS::EFS::FileSystem',
    ])
      expect([...types]).toContain(type);
    expect([...types].filter((type) => !replacing.has(type))).toEqual([]);
    expect(replacing.get('AWS::RDS::DBInstance')).toEqual(
      expect.arrayContaining(['DBInstanceIdentifier', 'DBName', 'KmsKeyId', 'StorageEncrypted']),
    );
    expect(replacing.get('AWS::RDS::DBInstance')).not.toContain('DBInstanceClass');
  });

  it('reaches the stores at all: a larger one has another class and more storage', () => {
    const instance = (state: State | undefined) =>
      [...of(state ?? fail())].find(([, { Type }]) => Type === 'AWS::RDS::DBInstance')?.[1].Properties;
    expect(instance(STATES.at(0))?.DBInstanceClass).not.toBe(instance(STATES.at(-1))?.DBInstanceClass);
    expect(instance(STATES.at(0))?.AllocatedStorage).not.toBe(instance(STATES.at(-1))?.AllocatedStorage);
  });

  it.each(PAIRS.map(([from, to]) => [`from ${from.name} to ${to.name}`, from, to] as const))(
    'neither takes away nor replaces a data store: %s',
    (_, from, to) => {
      const [before, after] = [of(from), of(to)];
      expect([...after.keys()]).toEqual([...before.keys()]);
      const replaced = [...before].flatMap(([id, { Type, Properties }]) => {
        const other = after.get(id);
        if (other?.Type !== Type) return [id];
        return (replacing.get(Type) ?? [])
          .filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(other.Properties[name]))
          .map((name) => `${id}: ${name}`);
      });
      expect(replaced).toEqual([]);
    },
  );
});

function fail(): never {
  throw new Error('there are no states');
}
