import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../lambda/grafana-setup/settings';
import type { Platform } from '../../../lib/config/platform';
import { dashboardsOf } from '../../../lib/monitoring/dashboards';
import { Grafana } from '../../../lib/monitoring/grafana/grafana';
import { MetricsAddress } from '../../../lib/monitoring/grafana/metrics-address';
import { grafanaOf } from '../../../lib/monitoring/grafana/settings';
import { platform, variant } from '../../support/synth';
import { bareStack } from '../support';

const TARGET = platform('prodstack');
const SAML = { metadataUrl: 'https://login.example.com/metadata', adminRoles: ['ops'], editorRoles: ['dev'] };

function build(target: Platform = TARGET) {
  const settings = grafanaOf(target) ?? { role: 'standby' };
  const { stack, key, template } = bareStack(target, settings.role);
  new Grafana(stack, 'Grafana', { platform: target, settings, logKey: key });
  const found = template();
  const only = (type: string) => Object.values(found.findResources(type))[0]?.Properties;
  return { stack, found, only };
}

const statements = (found: ReturnType<typeof build>['found'], service: string) =>
  Object.values(found.findResources('AWS::IAM::Role'))
    .filter(({ Properties }) => JSON.stringify(Properties.AssumeRolePolicyDocument).includes(service))
    .flatMap(({ Properties }) => Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

describe('whether a platform has a workspace of Grafana', () => {
  const of = (grafana: unknown) => grafanaOf(variant('prodstack', { monitoring: { grafana } }));

  it('follows from its file', () => {
    expect(grafanaOf(platform('jackcwf'))).toBeUndefined();
    expect(of(false)).toBeUndefined();
    expect(of(true)).toEqual({ role: 'standby' });
    expect(of({ region: 'home' })).toEqual({ role: 'home' });
  });
});

describe('a workspace of Grafana', () => {
  it('lets in whom IAM Identity Center knows, and nobody else', () => {
    expect(build().only('AWS::Grafana::Workspace')).toMatchObject({
      AccountAccessType: 'CURRENT_ACCOUNT',
      AuthenticationProviders: ['AWS_SSO'],
      PermissionType: 'CUSTOMER_MANAGED',
    });
  });

  it('lets in whom SAML knows, where the file says so', () => {
    const workspace = build(variant('prodstack', { monitoring: { grafana: { saml: SAML } } })).only(
      'AWS::Grafana::Workspace',
    );
    expect(workspace).toMatchObject({
      AuthenticationProviders: ['SAML'],
      SamlConfiguration: {
        IdpMetadata: { Url: SAML.metadataUrl },
        AssertionAttributes: { Role: 'role' },
        RoleValues: { Admin: ['ops'], Editor: ['dev'] },
      },
    });
  });

  it('may query the metrics of the platform in both regions, and nothing else', () => {
    const { account, regions } = TARGET;
    expect(statements(build().found, 'grafana.amazonaws.com')).toEqual([
      {
        Effect: 'Allow',
        Action: ['aps:GetLabels', 'aps:GetMetricMetadata', 'aps:GetSeries', 'aps:QueryMetrics'],
        Resource: [regions.home.name, regions.standby.name]
          .sort()
          .map((region) => `arn:aws:aps:${region}:${account}:workspace/*`),
        Condition: { StringEquals: { 'aws:ResourceTag/holdfast:platform': 'prodstack' } },
      },
    ]);
  });
});

describe('the function that fills Grafana', () => {
  it('gets what it understands, from the deployment and from the schedule alike', () => {
    const { found, only, stack } = build();
    const { ServiceToken: _, ServiceTimeout: __, ...given } = only('Custom::HoldfastGrafana') ?? {};
    const settings = parseSettings({ ...given, WorkspaceId: 'g', Endpoint: 'g', Bucket: 'b', Key: 'k' });
    expect(settings.sources.map(({ role }) => role)).toEqual(['standby', 'home']);
    const input = JSON.stringify(stack.resolve(only('AWS::Events::Rule')?.Targets[0].Input));
    for (const name of Object.keys(given)) expect(input).toContain(`\\"${name}\\"`);
    found.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'prodstack-grafana-setup' });
  });

  it('may only read its file, make tokens of this workspace, and know where the metrics are', () => {
    const actions = statements(build().found, 'lambda.amazonaws.com').flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual([
      'grafana:CreateWorkspaceServiceAccount',
      'grafana:CreateWorkspaceServiceAccountToken',
      'grafana:DeleteWorkspaceServiceAccountToken',
      'grafana:ListWorkspaceServiceAccounts',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      'ssm:DeleteParameter',
      'ssm:GetParameter',
      'ssm:GetParameter',
      'ssm:PutParameter',
    ]);
  });

  it('gets all dashboards of the platform and the runbook in one file', () => {
    const { stack } = build();
    const staged = stack.node.findChild('Grafana').node.findChild('File');
    const file = 'absoluteStagedPath' in staged ? String(staged.absoluteStagedPath) : '';
    const { dashboards } = JSON.parse(readFileSync(file, 'utf8')) as { dashboards: { uid: string }[] };
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      ...dashboardsOf(TARGET).map(({ name }) => `holdfast-prodstack-${name}`),
      'holdfast-prodstack-runbook',
    ]);
  });
});

describe('the address of the metrics of a region', () => {
  it('is found under a name that both regions know', () => {
    const { stack, template } = bareStack(TARGET, 'home');
    new MetricsAddress(stack, 'Address', { platform: TARGET, endpoint: 'https://metrics/' });
    template().hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/holdfast/prodstack/metrics-address',
      Value: 'https://metrics/',
    });
  });
});
