import { describe, expect, it } from '@jest/globals';
import { synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');

describe('what surrounds the agents', () => {
  it.each([HOME, STANDBY])(
    'in %s is a group for old primaries that only functions of Holdfast reach',
    (region) => {
      const suffix = `${region}-Network`;
      const groups = ops()
        .resources(suffix, 'AWS::EC2::SecurityGroup')
        .filter(([, { Properties }]) => Properties.GroupName === 'ops-center-quarantine');
      expect(groups).toHaveLength(1);
      const id = groups[0]?.[0];
      const admitted = ops()
        .resources(suffix, 'AWS::EC2::SecurityGroupIngress')
        .map(([, { Properties }]) => Properties)
        .filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === id);
      expect(admitted).toHaveLength(1);
      expect(admitted[0]).toMatchObject({
        FromPort: 5432,
        ToPort: 5432,
        SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/Functions/), 'GroupId'] },
      });
    },
  );

  it.each([HOME, STANDBY])(
    'in %s is a topic that reaches the person on call, with the key for notifications',
    (region) => {
      const { TopicName, KmsMasterKeyId } = ops().only(`${region}-Recovery`, 'AWS::SNS::Topic').Properties;
      expect(TopicName).toBe('ops-center-on-call');
      expect(KmsMasterKeyId['Fn::ImportValue']).toContain('OperationsKey');
      expect(ops().only(`${region}-Recovery`, 'AWS::SNS::Subscription').Properties.Endpoint).toBe(
        'ops@example.com',
      );
    },
  );

  it('in the witness is a prober outside of any network, which may do nothing but look', () => {
    const prober = functionNamed(ops(), 'us-east-2-Leadership', 'ops-center-prober');
    expect(prober).not.toHaveProperty('VpcConfig');
    expect(prober.Environment.Variables).toEqual({
      HOME_URL: 'https://home.ops.example.com/health',
      STANDBY_URL: 'https://standby.ops.example.com/health',
    });
    const allowed = statements(ops().stack('us-east-2-Leadership')).filter(({ id }) =>
      id.startsWith('Prober'),
    );
    expect(allowed.flatMap(({ actions }) => actions)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  it('knows no address where no health path can be asked from outside', () => {
    const elsewhere = { routes: [{ host: 'www.ops.example.com', paths: ['/*'] }] };
    const hidden = synthesize(
      variant('ops-center', {
        services: {
          backend: { routes: null, health: null, readiness: null, stickiness: null, runs: 'everywhere' },
          frontend: elsewhere,
        },
      }),
    );
    const { Environment } = functionNamed(hidden, `${HOME}-Recovery`, 'ops-center-region-agent');
    expect(Environment.Variables).toMatchObject({ OWN_URL: 'none', OTHER_URL: 'none' });
  });

  it('is the size of each service in tags, for both cases, in both regions', () => {
    for (const region of [HOME, STANDBY])
      expect(ops().only(`${region}-Service-backend`, 'AWS::ECS::Service').Properties.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'holdfast:serving', Value: '3 3 10' },
          { Key: 'holdfast:standby', Value: '1 1 10' },
        ]),
      );
  });
});

describe('the secrets of the agents, of the archiver and of the exporter of metrics', () => {
  it.each([
    ['SecretDatabaseAgent', 'database-agent', 'holdfast_agent_a'],
    ['SecretDatabaseArchive', 'database-archive', 'holdfast_archive_a'],
    ['SecretDatabaseMonitor', 'database-monitor', 'holdfast_monitor_a'],
  ])('begin with the first of two users, and home copies them to the standby: %s', (id, name, user) => {
    expect(ops().stack(`${HOME}-Foundation`).Resources[id]?.Properties).toMatchObject({
      Name: `ops-center/${name}`,
      GenerateSecretString: { SecretStringTemplate: `{"username":"${user}"}` },
      ReplicaRegions: [{ Region: STANDBY }],
    });
  });

  it('rotate like that of the application, and none at once: the set-up has made the first users', () => {
    const schedules = ops().resources(`${HOME}-Data`, 'AWS::SecretsManager::RotationSchedule');
    expect(schedules.length).toBeGreaterThan(3);
    for (const [, { Properties }] of schedules) expect(Properties.RotateImmediatelyOnUpdate).toBe(false);
    const { ROTATED_SECRETS } = functionNamed(ops(), `${HOME}-Data`, 'ops-center-secret-rotation').Environment
      .Variables;
    expect(JSON.parse(ROTATED_SECRETS)).toMatchObject({
      'ops-center/database': 'database-application',
      'ops-center/database-agent': 'database-agent',
      'ops-center/database-archive': 'database-archive',
      'ops-center/database-monitor': 'database-monitor',
    });
  });

  it('can be rotated in the standby once they are no copies any more: the function there knows how, without a schedule', () => {
    const of = (region: string) => functionNamed(ops(), `${region}-Data`, 'ops-center-secret-rotation');
    const kinds = (region: string) => JSON.parse(of(region).Environment.Variables.ROTATED_SECRETS);
    expect(kinds(STANDBY)).toEqual(kinds(HOME));
    const written = statements(ops().stack(`${STANDBY}-Data`))
      .filter(({ actions }) => actions.includes('secretsmanager:PutSecretValue'))
      .flatMap(({ resources }) => resources);
    expect(written).toContain(
      `arn:aws:secretsmanager:${STANDBY}:123456789012:secret:ops-center/database-agent-??????`,
    );
  });
});

describe('the deploy guard', () => {
  const HOOK = 'AWS::CloudFormation::LambdaHook';

  it('is off by default', () => {
    for (const template of ops().templates.values())
      expect(Object.values(template.Resources).filter(({ Type }) => Type === HOOK)).toEqual([]);
  });

  it('asks its function before the Data stacks of this platform are changed, and fails closed', () => {
    const guarded = synthesize(variant('ops-center', { leadership: { deployGuard: true } }));
    for (const region of [HOME, STANDBY]) {
      const suffix = `${region}-Recovery`;
      const hook = guarded.only(suffix, HOOK).Properties;
      expect(hook).toMatchObject({
        Alias: 'Holdfast::DeployGuard::PlatformOpsCenter',
        FailureMode: 'FAIL',
        HookStatus: 'ENABLED',
        TargetOperations: ['STACK', 'CHANGE_SET'],
        StackFilters: {
          FilteringCriteria: 'ALL',
          StackNames: { Include: [`OpsCenter-${HOME}-Data`, `OpsCenter-${STANDBY}-Data`] },
        },
      });
      const role = guarded.stack(suffix).Resources[hook.ExecutionRole['Fn::GetAtt'][0]];
      expect(role?.Properties.AssumeRolePolicyDocument.Statement[0]).toMatchObject({
        Principal: { Service: 'hooks.cloudformation.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      });
      const may = statements(guarded.stack(suffix)).filter(({ id }) => id.startsWith('DeployGuardFunction'));
      expect(may.flatMap(({ actions }) => actions).filter((one) => !one.startsWith('logs:'))).toEqual([
        'dynamodb:GetItem',
      ]);
    }
  });
});
