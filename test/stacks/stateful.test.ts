import { describe, expect, it } from '@jest/globals';
import { statefulResources, unclassifiedTypes, unprotected } from '../support/invariants/stateful';
import { SYSTEMS, synthesized } from '../support/synth';

/**
 * Logical identifiers of everything that holds data, as deployed. A change here plans a second, empty database beside
 * the first: never change an entry, only add.
 */
const PINNED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'ops-center': {
    'OpsCenter-us-east-2-Leadership': ['LeadershipTable'],
    'OpsCenter-us-east-1-Foundation': [
      'AccessLogs',
      'Archive',
      'BucketExports',
      'BucketUploads',
      'CacheExports',
      'DataKey',
      'OperationsKey',
      'Repositorybackend',
      'Repositoryfrontend',
      'SecretCache',
      'SecretDatabase',
      'SecretDatabaseAgent',
      'SecretDatabaseArchive',
      'SecretDatabaseMonitor',
      'SecretDatabaseOwner',
      'SecretJwtKey',
      'SecretPagerdutyOps',
    ],
    'OpsCenter-us-east-1-Cluster': ['MetricsWorkspace'],
    'OpsCenter-us-east-1-Data': ['Cache', 'Database'],
    'OpsCenter-us-west-2-Foundation': [
      'AccessLogs',
      'Archive',
      'BucketExports',
      'BucketUploads',
      'CacheExports',
      'DataKey',
      'OperationsKey',
      'Repositorybackend',
      'Repositoryfrontend',
      'SecretCache',
    ],
    'OpsCenter-us-west-2-Cluster': ['MetricsWorkspace'],
    'OpsCenter-us-west-2-Data': ['Cache', 'Database'],
  },
  jackcwf: {
    'Jackcwf-eu-west-3-Leadership': ['LeadershipTable'],
    'Jackcwf-eu-central-1-Foundation': [
      'AccessLogs',
      'Archive',
      'DataKey',
      'OperationsKey',
      'Repositoryjackcwf',
      'SecretAlertWebhook',
      'SecretDatabase',
      'SecretDatabaseAgent',
      'SecretDatabaseArchive',
      'SecretDatabaseMonitor',
      'SecretDatabaseOwner',
      'SecretLlmApiKey',
      'SecretPagerdutyCritical',
      'SecretPagerdutyOps',
      'SecretSecretKey',
      'SecretSlackWebhook',
    ],
    'Jackcwf-eu-central-1-Cluster': ['MetricsWorkspace'],
    'Jackcwf-eu-central-1-Data': ['Database'],
    'Jackcwf-eu-west-1-Foundation': [
      'AccessLogs',
      'Archive',
      'DataKey',
      'OperationsKey',
      'Repositoryjackcwf',
    ],
    'Jackcwf-eu-west-1-Cluster': ['MetricsWorkspace'],
    'Jackcwf-eu-west-1-Data': ['Database'],
  },
};

function identifiers(name: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { stack, id } of statefulResources(synthesized(name))) {
    const ids = found[stack] ?? [];
    ids.push(id);
    found[stack] = ids.sort();
  }
  return found;
}

describe('logical identifiers of what holds data', () => {
  it.each(Object.keys(PINNED))('are those that were deployed, in %s', (name) => {
    expect(identifiers(name)).toEqual(PINNED[name]);
  });

  it('follow the names of the platform file and not the tree of constructs', () => {
    for (const name of SYSTEMS)
      for (const { stack, id } of statefulResources(synthesized(name)))
        expect({ stack, id, hashed: /[0-9A-F]{8}$/.test(id) }).toEqual({ stack, id, hashed: false });
  });
});

describe.each(SYSTEMS)('what holds data in %s', (name) => {
  const synth = () => synthesized(name);
  const database = (place: 'home' | 'standby') => {
    const { home, standby } = regions();
    return synth()
      .resources(`${place === 'home' ? home : standby}-Data`, 'AWS::RDS::DBInstance')
      .filter(([id]) => id === 'Database')
      .map(([, { Properties }]) => Properties)[0];
  };
  const regions = () => {
    const data = synth().assembly.stacks.filter(({ stackName }) => stackName.endsWith('-Data'));
    // In the order of deployment: the source before its replica.
    const [home, standby] = data.map(({ environment }) => environment.region);
    return { home, standby };
  };

  it('outlives its template, a replacement and the deletion of its stack', () => {
    expect(statefulResources(synth()).length).toBeGreaterThan(8);
    expect(unprotected(synth())).toEqual([]);
  });

  it('is known: every type of resource is said to hold data or not', () => {
    expect(unclassifiedTypes(synth())).toEqual([]);
  });

  it('has the source of its database in the template of the standby for ever, as an ARN of the home region', () => {
    const { home, standby } = regions();
    expect(home).not.toBe(standby);
    expect(database('standby')).toMatchObject({
      SourceDBInstanceIdentifier: `arn:aws:rds:${home}:123456789012:db:${name}-db`,
      SourceRegion: home,
    });
    expect(database('home')).not.toHaveProperty('SourceDBInstanceIdentifier');
    expect(database('home')).not.toHaveProperty('SourceRegion');
  });

  it('gives the replica no property that belongs to its source', () => {
    for (const property of ['MasterUsername', 'MasterUserPassword', 'DBName', 'BackupRetentionPeriod'])
      expect(database('standby')).not.toHaveProperty(property);
  });

  it('encrypts each side with a key of its own region', () => {
    const { home, standby } = regions();
    for (const [place, region] of [
      ['home', home],
      ['standby', standby],
    ] as const)
      expect(database(place)?.KmsKeyId['Fn::ImportValue']).toContain(`-${region}-Foundation:`);
  });

  it('has the same names in both regions, so that either can be rebuilt as the other', () => {
    const { home, standby } = regions();
    const names = (region: string | undefined) =>
      statefulResources(synth())
        .filter(({ stack }) => stack.includes(`-${region}-`))
        .flatMap(({ id, resource: { Properties } }) => {
          const physical =
            Properties.DBInstanceIdentifier ??
            Properties.ReplicationGroupId ??
            Properties.RepositoryName ??
            Properties.BucketName?.replace(region, '<region>');
          return physical === undefined ? [] : [`${id} ${physical}`];
        })
        .sort();
    expect(names(home).length).toBeGreaterThan(2);
    expect(names(standby)).toEqual(names(home));
  });
});
