import { describe, expect, it } from '@jest/globals';
import { STANDBY_LEADS_PATH } from '../../lambda/leadership-endpoint/contract';
import { EDGE_REGION, publicNames } from '../../lib/config/names';
import { platform, type Resource, SYSTEMS, synthesize, synthesized, variant } from '../support/synth';
import { failoverPair, statements } from '../support/templates';

const EDGE = `${EDGE_REGION}-Edge`;
const ops = () => synthesized('ops-center');

describe('the leadership table', () => {
  it.each([
    ['ops-center', ['us-east-1', 'us-west-2', 'us-east-2']],
    ['mercator-jupiter', ['us-east-1', 'us-east-2', 'us-west-2']],
  ])('of %s has three strongly consistent replicas in %j', (name, regions) => {
    const witness = platform(name).regions.witness.name;
    const { Properties } = synthesized(name).only(`${witness}-Leadership`, 'AWS::DynamoDB::GlobalTable');
    expect(Properties).toMatchObject({
      TableName: `${name}-leadership`,
      MultiRegionConsistency: 'STRONG',
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(Properties.Replicas.map(({ Region }: { Region: string }) => Region).sort()).toEqual(
      [...regions].sort(),
    );
    for (const replica of Properties.Replicas)
      expect(replica.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('gets its first record at home only', () => {
    expect(ops().only('us-east-1-Recovery', 'Custom::HoldfastLeadershipRecord').Properties).toMatchObject({
      HomeRegion: 'us-east-1',
      LeaseSeconds: '60',
      EnforceSeconds: '5',
    });
    expect(ops().resources('us-west-2-Recovery', 'Custom::HoldfastLeadershipRecord')).toEqual([]);
  });
});

describe.each([
  ['standby', 'us-west-2-Recovery', 'us-west-2'],
  ['witness', 'us-east-2-Leadership', 'us-east-2'],
])('the endpoint in the %s', (place, suffix, region) => {
  const domain = `leader-${place}.ops.example.com`;
  const only = (type: string): Resource['Properties'] => ops().only(suffix, type).Properties;

  it('answers under a name of the hosted zone, with a certificate of its own', () => {
    expect(only('AWS::ApiGatewayV2::DomainName').DomainName).toBe(domain);
    expect(only('AWS::CertificateManager::Certificate').DomainName).toBe(domain);
    const { Name, Type, AliasTarget } = only('AWS::Route53::RecordSet');
    const [id] = ops().resources(suffix, 'AWS::ApiGatewayV2::DomainName')[0] ?? [];
    expect({ Name, Type }).toEqual({ Name: domain, Type: 'A' });
    expect(AliasTarget.DNSName).toEqual({ 'Fn::GetAtt': [id, 'RegionalDomainName'] });
  });

  it('cannot be reached under the name that AWS gives', () => {
    expect(only('AWS::ApiGatewayV2::Api').DisableExecuteApiEndpoint).toBe(true);
  });

  it('may read the record and nothing else', () => {
    const actions = statements(ops().stack(suffix))
      .filter(
        ({ type, id, actions: all }) =>
          type === 'AWS::IAM::Role' &&
          id.startsWith('Endpoint') &&
          all.some((one) => one.startsWith('dynamodb:')),
      )
      .flatMap(({ actions: all }) => all);
    expect(actions).toEqual(['dynamodb:GetItem']);
  });

  it('asks the replica of its own region first', () => {
    const functions = ops()
      .resources(suffix, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties)
      .filter(({ FunctionName }) => FunctionName === 'ops-center-leadership-endpoint');
    expect(functions).toHaveLength(1);
    expect(functions[0]?.Environment.Variables).toMatchObject({
      LEADERSHIP_TABLE: 'ops-center-leadership',
      LEADERSHIP_REGIONS: expect.stringMatching(new RegExp(`^${region},`)),
    });
  });

  it('answers two paths, no more often than a flood would need', () => {
    const routes = ops().resources(suffix, 'AWS::ApiGatewayV2::Route');
    expect(routes.map(([, { Properties }]) => Properties.RouteKey)).toContain(`GET ${STANDBY_LEADS_PATH}`);
    expect(only('AWS::ApiGatewayV2::Stage').DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 50,
      ThrottlingBurstLimit: 100,
    });
  });
});

describe.each(SYSTEMS)('the failover records of %s', (name) => {
  const file = platform(name);
  const check = (id: string) => synthesized(name).stack(EDGE).Resources[id]?.Properties.HealthCheckConfig;

  it('follow the standby and its exact opposite', () => {
    expect(check('StandbyLeads')).toEqual({
      Type: 'CALCULATED',
      ChildHealthChecks: ['EndpointCheckStandby', 'EndpointCheckWitness'].map((id) => ({
        'Fn::GetAtt': [id, 'HealthCheckId'],
      })),
      HealthThreshold: 1,
      Inverted: false,
    });
    expect(check('HomeLeads')).toEqual({
      Type: 'CALCULATED',
      ChildHealthChecks: [{ 'Fn::GetAtt': ['StandbyLeads', 'HealthCheckId'] }],
      HealthThreshold: 1,
      Inverted: true,
    });
    for (const place of ['Standby', 'Witness'])
      expect(check(`EndpointCheck${place}`)).toMatchObject({
        Type: 'HTTPS',
        ResourcePath: STANDBY_LEADS_PATH,
        FullyQualifiedDomainName: `leader-${place.toLowerCase()}.${file.domain.name}`,
      });
  });

  it('are made only after the checks have settled, and look at no target', () => {
    const [gate] = synthesized(name).resources(EDGE, 'Custom::HoldfastHealthCheckGate')[0] ?? [];
    for (const host of publicNames(file)) {
      const { home, standby, count } = failoverPair(synthesized(name), file, host);
      expect(count).toBe(2);
      for (const record of [home, standby]) {
        expect(record.DependsOn).toEqual([gate]);
        expect(record.Properties.AliasTarget.EvaluateTargetHealth).toBe(false);
      }
    }
  });

  it('page when the standby leads', () => {
    const alarms = synthesized(name)
      .resources(EDGE, 'AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.AlarmName === `${name}-standby-leads`);
    expect(alarms).toHaveLength(1);
    expect(alarms[0]?.[1].Properties).toMatchObject({
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Dimensions: [{ Name: 'HealthCheckId', Value: { 'Fn::GetAtt': ['StandbyLeads', 'HealthCheckId'] } }],
      TreatMissingData: 'notBreaching',
      AlarmActions: [expect.anything()],
    });
  });
});

describe('the edge', () => {
  it('has a pair of records for each host of the routes', () => {
    const hosts = variant('ops-center', {
      services: { frontend: { routes: [{ paths: ['/*'] }, { host: 'www.ops.example.com', paths: ['/*'] }] } },
    });
    expect(publicNames(hosts)).toEqual(['ops.example.com', 'www.ops.example.com']);
    const made = synthesize(hosts);
    for (const name of publicNames(hosts)) expect(failoverPair(made, hosts, name).count).toBe(2);
    expect(made.resources(EDGE, 'AWS::Route53::RecordSet')).toHaveLength(4);
  });

  it('does not ask a standby that runs nothing', () => {
    const pilot = synthesize(variant('ops-center', { regions: { standby: { tier: 'pilot-light' } } }));
    const asked = pilot
      .resources(EDGE, 'AWS::Route53::HealthCheck')
      .flatMap(([, { Properties }]) => Properties.HealthCheckConfig.FullyQualifiedDomainName ?? []);
    expect(asked).toContain('home.ops.example.com');
    expect(asked).not.toContain('standby.ops.example.com');
    expect(
      pilot
        .resources(EDGE, 'AWS::CloudWatch::Alarm')
        .map(([, { Properties }]) => Properties.AlarmName)
        .sort(),
    ).toEqual([
      'ops-center-home-unreachable',
      'ops-center-standby-endpoint-check-silent',
      'ops-center-standby-leads',
      'ops-center-witness-endpoint-check-silent',
    ]);
  });

  it('pages when Route 53 reports nothing of a leadership endpoint, and does not mistake its "no" for that', () => {
    const silent = ops()
      .resources(EDGE, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .filter(({ AlarmName }) => AlarmName.endsWith('-silent'));
    expect(silent).toHaveLength(2);
    for (const alarm of silent) {
      expect(alarm).toMatchObject({ Statistic: 'SampleCount', Threshold: 1, TreatMissingData: 'breaching' });
    }
  });

  it('pages through a topic with a key of its own, to the addresses on call', () => {
    const topic = ops().only(EDGE, 'AWS::SNS::Topic').Properties;
    const [key] = ops().resources(EDGE, 'AWS::KMS::Key')[0] ?? [];
    expect(topic.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    const subscribed = ops()
      .resources(EDGE, 'AWS::SNS::Subscription')
      .map(([, { Properties }]) => [Properties.Protocol, Properties.Endpoint]);
    expect(subscribed.filter(([protocol]) => protocol !== 'sqs')).toEqual([['email', 'ops@example.com']]);
  });
});
