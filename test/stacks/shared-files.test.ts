import { describe, expect, it } from '@jest/globals';
import { sharedFilesAlarms } from '../../lib/storage/shared-files-alarms';
import { platform, synthesized } from '../support/synth';
import { statements, walk } from '../support/templates';

const SYSTEM = 'prodstack';
const HOME = 'us-west-2';
const STANDBY = 'us-east-2';
const REGIONS = [HOME, STANDBY] as const;
const SERVICES = ['backend', 'worker'] as const;
const synth = synthesized(SYSTEM);
const idOf = (service: string) => `{{resolve:ssm:/holdfast/prodstack/shared-files/${service}}}`;
const data = (region: string, type: string) =>
  synth.resources(`${region}-Data`, type).filter(([id]) => id.startsWith('SharedFiles'));

describe.each(REGIONS)('the shared files in %s', (region) => {
  it('are a file system for each service that asks, encrypted by the key of the region and backed up', () => {
    const systems = data(region, 'AWS::EFS::FileSystem');
    expect(systems.map(([id]) => id)).toEqual(['SharedFilesBackend', 'SharedFilesWorker']);
    for (const [, { Properties }] of systems) {
      expect(Properties).toMatchObject({ Encrypted: true, BackupPolicy: { Status: 'ENABLED' } });
      expect(JSON.stringify(Properties.KmsKeyId)).toContain('Foundation:ExportsOutputFnGetAttDataKeyArn');
    }
  });

  it('outlive their template and a replacement', () => {
    for (const [, resource] of [
      ...data(region, 'AWS::EFS::FileSystem'),
      ...data(region, 'AWS::Backup::BackupVault'),
    ])
      expect(resource).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  it('take no client without TLS', () => {
    for (const [, { Properties }] of data(region, 'AWS::EFS::FileSystem'))
      expect(Properties.FileSystemPolicy.Statement).toEqual([
        {
          Sid: 'OnlyOverTls',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: '*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
  });

  it('have their ids in parameters of fixed names', () => {
    const parameters = data(region, 'AWS::SSM::Parameter').map(([, { Properties }]) => [
      Properties.Name,
      Properties.Value,
    ]);
    expect(parameters).toEqual([
      ['/holdfast/prodstack/shared-files/backend', { Ref: 'SharedFilesBackend' }],
      ['/holdfast/prodstack/shared-files/worker', { Ref: 'SharedFilesWorker' }],
    ]);
  });

  it('are reached by the tasks of their own service only, in each zone', () => {
    for (const service of SERVICES) {
      const stack = `${region}-Service-${service}`;
      const targets = synth.resources(stack, 'AWS::EFS::MountTarget').map(([, { Properties }]) => Properties);
      expect(targets.map(({ FileSystemId }) => FileSystemId)).toEqual(Array(3).fill(idOf(service)));
      expect(JSON.stringify(targets.map(({ SubnetId }) => SubnetId))).toMatch(/Private1.*Private2.*Private3/);
      const [group] = targets[0]?.SecurityGroups ?? [];
      const doors = synth
        .resources(stack, 'AWS::EC2::SecurityGroupIngress')
        .filter(([, { Properties }]) => Properties.FromPort === 2049);
      expect(doors).toHaveLength(1);
      expect(doors[0]?.[1].Properties).toMatchObject({ GroupId: group, ToPort: 2049 });
      const source = doors[0]?.[1].Properties.SourceSecurityGroupId;
      const network = synth.only(stack, 'AWS::ECS::Service').Properties.NetworkConfiguration;
      expect(network.AwsvpcConfiguration.SecurityGroups).toContainEqual(source);
      expect(
        synth.stack(stack).Resources[group['Fn::GetAtt'][0]]?.Properties.SecurityGroupIngress,
      ).toBeUndefined();
    }
  });

  it('are mounted over TLS, by the role of the task, through an access point with one user', () => {
    const stack = `${region}-Service-backend`;
    const [[pointId, point] = []] = synth.resources(stack, 'AWS::EFS::AccessPoint');
    expect(point?.Properties).toMatchObject({
      FileSystemId: idOf('backend'),
      PosixUser: { Uid: '1000', Gid: '1000' },
      RootDirectory: {
        Path: '/files',
        CreationInfo: { OwnerUid: '1000', OwnerGid: '1000', Permissions: '0750' },
      },
    });
    const { Volumes, ContainerDefinitions } = synth.only(stack, 'AWS::ECS::TaskDefinition').Properties;
    expect(Volumes).toContainEqual({
      Name: 'shared-files',
      EFSVolumeConfiguration: {
        FilesystemId: idOf('backend'),
        TransitEncryption: 'ENABLED',
        AuthorizationConfig: { AccessPointId: { 'Fn::GetAtt': [pointId, 'AccessPointId'] }, IAM: 'ENABLED' },
      },
    });
    expect(ContainerDefinitions[0].MountPoints).toContainEqual({
      SourceVolume: 'shared-files',
      ContainerPath: '/srv/shared',
      ReadOnly: false,
    });
  });

  it('let a task mount and write its own files through its own access point, and nothing else', () => {
    const stack = `${region}-Service-worker`;
    const [[pointId] = []] = synth.resources(stack, 'AWS::EFS::AccessPoint');
    const found = statements(synth.stack(stack)).filter(({ actions }) =>
      actions.some((action) => action.startsWith('elasticfilesystem:')),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
      resources: [`arn:aws:elasticfilesystem:${region}:123456789012:file-system/${idOf('worker')}`],
      condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': { 'Fn::GetAtt': [pointId, 'Arn'] } } },
    });
  });

  it('start no task before every entrance is there', () => {
    const stack = `${region}-Service-backend`;
    const { DependsOn = [] } = synth.only(stack, 'AWS::ECS::Service');
    const needed = [
      ...synth.resources(stack, 'AWS::EFS::MountTarget'),
      ...synth.resources(stack, 'AWS::EC2::SecurityGroupIngress'),
    ].map(([id]) => id);
    expect(DependsOn).toEqual(expect.arrayContaining(needed));
  });

  it('are looked after by a function that knows both sides by name', () => {
    const [, copier] =
      synth
        .resources(`${region}-Data`, 'AWS::Lambda::Function')
        .find(([, { Properties }]) => Properties.FunctionName === 'prodstack-shared-files') ?? [];
    const settings = copier?.Properties.Environment.Variables.FILES_SETTINGS;
    const text = JSON.stringify(settings).replaceAll('\\', '');
    expect(text).toContain('"parameter":"/holdfast/prodstack/shared-files/backend"');
    expect(text).toContain(`"other":"${region === HOME ? STANDBY : HOME}"`);
    const schedules = synth
      .resources(`${region}-Data`, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => [Properties.Name, Properties.ScheduleExpression]);
    expect(schedules).toContainEqual(['prodstack-shared-files', 'rate(1 minute)']);
  });

  it('let that function overwrite nothing in the other region, and pass on one role', () => {
    const other = region === HOME ? STANDBY : HOME;
    const granted = statements(synth.stack(`${region}-Data`)).filter(({ actions }) =>
      actions.some((action) => /^(elasticfilesystem|backup):/.test(action)),
    );
    const there = granted.filter(({ resources }) => JSON.stringify(resources).includes(`:${other}:`));
    expect([...new Set(there.flatMap(({ actions }) => actions))].sort()).toEqual([
      'elasticfilesystem:CreateReplicationConfiguration',
      'elasticfilesystem:DeleteReplicationConfiguration',
      'elasticfilesystem:DescribeFileSystems',
    ]);
    const protecting = granted.filter(({ actions }) =>
      actions.includes('elasticfilesystem:UpdateFileSystemProtection'),
    );
    expect(protecting.flatMap(({ resources }) => resources)).toEqual([
      { 'Fn::GetAtt': ['SharedFilesBackend', 'Arn'] },
      { 'Fn::GetAtt': ['SharedFilesWorker', 'Arn'] },
    ]);
  });
});

describe('a deployment after a failover', () => {
  it('turns no replication round, because no template says which way files are copied', () => {
    for (const template of synth.templates.values())
      for (const { path } of walk(template))
        expect(['ReplicationConfiguration', 'FileSystemProtection']).not.toContain(path.at(-1));
  });

  it('is the same whoever leads: both regions have the same file systems', () => {
    const of = (region: string) =>
      data(region, 'AWS::EFS::FileSystem').map(([id, { Properties }]) => {
        const { KmsKeyId: _key, ...rest } = Properties;
        return [id, rest];
      });
    expect(of(STANDBY)).toEqual(of(HOME));
  });
});

describe('the alarms on shared files', () => {
  it('are on the age of each copy, on a copy that is missing, on files that take no writes and on the function', () => {
    expect(sharedFilesAlarms(platform(SYSTEM)).map(({ name }) => name)).toEqual([
      'shared-files-behind-backend',
      'shared-files-behind-worker',
      'shared-files-uncopied',
      'shared-files-read-only',
      'shared-files-failing',
    ]);
    expect(sharedFilesAlarms(platform('jackcwf'))).toEqual([]);
  });

  it('ask for the age of the copies of one file system, whatever the id at the other end', () => {
    const alarms = synth.resources(`${HOME}-Monitoring`, 'AWS::CloudWatch::Alarm');
    const [, alarm] =
      alarms.find(([, { Properties }]) => Properties.AlarmName === 'prodstack-shared-files-behind-backend') ??
      [];
    expect(alarm?.Properties).toMatchObject({ Threshold: 1800, EvaluationPeriods: 3 });
    expect(alarm?.Properties.Metrics[0].Expression).toBe(
      `SELECT MAX(TimeSinceLastSync) FROM SCHEMA("AWS/EFS", DestinationFileSystemId, FileSystemId) WHERE FileSystemId = '${idOf('backend')}'`,
    );
  });
});

it('a platform without shared files has none of this', () => {
  const other = synthesized('jackcwf');
  const types = [...other.templates.values()].flatMap(({ Resources }) =>
    Object.values(Resources).map(({ Type }) => Type),
  );
  expect(types.filter((type) => type.startsWith('AWS::EFS::'))).toEqual([]);
});
