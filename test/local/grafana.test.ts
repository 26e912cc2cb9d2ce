import {
  CreateWorkspaceServiceAccountCommand,
  CreateWorkspaceServiceAccountTokenCommand,
  DescribeWorkspaceAuthenticationCommand,
  DescribeWorkspaceCommand,
  GrafanaClient,
} from '@aws-sdk/client-grafana';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RESOURCE_TYPE } from '../../lambda/grafana-setup/contract';
import { bundle } from '../../lib/functions/bundle';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { regionAt } from '../../local/readback/aws';
import { grafanas, METRICS } from '../../local/readback/metrics';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, codeOf, outputs, REGION, Stacks, type Template } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const SETTINGS = {
  Name: 'shop',
  Description: 'shop: dashboards of both regions',
  AccountAccessType: 'CURRENT_ACCOUNT',
  PermissionType: 'CUSTOMER_MANAGED',
  RoleArn: `arn:aws:iam::${ACCOUNT}:role/grafana`,
  DataSources: ['PROMETHEUS'],
  GrafanaVersion: '10.4',
  PluginAdminEnabled: true,
  AuthenticationProviders: ['AWS_SSO'],
};
const ATTRIBUTES = ['Id', 'Endpoint', 'Status', 'GrafanaVersion'];
const template = (more: object = {}, others: Template['Resources'] = {}): Template => ({
  Resources: {
    Workspace: { Type: 'AWS::Grafana::Workspace', Properties: { ...SETTINGS, ...more } },
    ...others,
  },
  Outputs: Object.fromEntries(
    ATTRIBUTES.map((name) => [name, { Value: { 'Fn::GetAtt': ['Workspace', name] } }]),
  ),
});
const here = () => regionAt(api.endpoint, ACCOUNT, REGION);
const grafana = () => new GrafanaClient(stacks.config);

describe('a workspace of Grafana of the local AWS API', () => {
  it('is made as the template says, and tells its endpoint', async () => {
    const made = outputs(await stacks.create('made', template()));
    expect(await stacks.failures('made')).toEqual([]);
    expect(made).toMatchObject({ Status: 'ACTIVE', GrafanaVersion: '10.4' });
    expect(made.Endpoint).toBe(`${made.Id}.grafana-workspace.${REGION}.amazonaws.com`);
    const { workspace } = await grafana().send(new DescribeWorkspaceCommand({ workspaceId: made.Id }));
    expect(workspace).toMatchObject({
      name: 'shop',
      permissionType: 'CUSTOMER_MANAGED',
      workspaceRoleArn: SETTINGS.RoleArn,
      dataSources: ['PROMETHEUS'],
      authentication: { providers: ['AWS_SSO'] },
    });
  });

  it('takes another name and another way to sign in where it is', async () => {
    const before = outputs(await stacks.create('changed', template()));
    const saml = {
      AuthenticationProviders: ['SAML'],
      SamlConfiguration: {
        IdpMetadata: { Url: 'https://idp.example.com/metadata' },
        RoleValues: { Admin: ['owners'] },
      },
    };
    const after = outputs(await stacks.update('changed', template({ Name: 'store', ...saml })));
    expect(after.Id).toBe(before.Id);
    const found = await grafana().send(
      new DescribeWorkspaceAuthenticationCommand({ workspaceId: before.Id }),
    );
    expect(found.authentication).toMatchObject({
      providers: ['SAML'],
      saml: { status: 'CONFIGURED', configuration: { roleValues: { admin: ['owners'] } } },
    });
    expect((await grafanas(here())).find(({ id }) => id === before.Id)?.name).toBe('store');
  });

  it('makes no token for a service account that it does not have', async () => {
    const { Id: workspaceId } = outputs(await stacks.create('tokens', template()));
    const account = { workspaceId, name: 'setup', grafanaRole: 'ADMIN' } as const;
    const { id } = await grafana().send(new CreateWorkspaceServiceAccountCommand(account));
    const token = { workspaceId, name: 'one', secondsToLive: 60 };
    const create = (serviceAccountId: string | undefined) =>
      grafana().send(new CreateWorkspaceServiceAccountTokenCommand({ ...token, serviceAccountId }));
    expect((await create(id)).serviceAccountToken?.key).toMatch(/^glsa_/);
    await expect(create('7')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(grafana().send(new CreateWorkspaceServiceAccountCommand(account))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it('that nobody has put a dashboard into is told of when resources are read back', async () => {
    const { Id } = outputs(await stacks.create('empty', template()));
    await expect(METRICS['AWS::Grafana::Workspace']?.(here(), [])).rejects.toThrow(/shows no dashboard/);
    expect((await grafanas(here())).map(({ id }) => id)).toContain(Id);
    await stacks.delete('empty');
    expect((await grafanas(here())).map(({ id }) => id)).not.toContain(Id);
  });
});

const PARAMETER = '/shop/metrics-address';
const APPLIED = '/shop/grafana-applied';

/** The function that is deployed with the workspace, and what it reads. */
async function filled(dashboards: readonly object[], key: string): Promise<Template> {
  const s3 = new S3Client({ ...stacks.config, forcePathStyle: true });
  const Bucket = 'dashboards';
  await s3.send(new CreateBucketCommand({ Bucket })).catch(() => undefined);
  await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: JSON.stringify({ dashboards }) }));
  const Value = 'https://aps-workspaces.example/ws-1/';
  const address = { Name: PARAMETER, Value, Type: 'String', Overwrite: true } as const;
  await new SSMClient(stacks.config).send(new PutParameterCommand(address));
  return template(undefined, {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
    },
    Setup: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 60,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: await stacks.upload(codeOf(bundle('grafana-setup').directory)),
      },
    },
    Dashboards: {
      Type: RESOURCE_TYPE,
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['Setup', 'Arn'] },
        WorkspaceId: { 'Fn::GetAtt': ['Workspace', 'Id'] },
        Endpoint: { 'Fn::GetAtt': ['Workspace', 'Endpoint'] },
        FolderUid: 'holdfast-shop',
        FolderTitle: 'shop',
        Bucket,
        Key: key,
        Sources: [`home=${REGION}`],
        AddressParameter: PARAMETER,
        AppliedParameter: APPLIED,
        Revision: '1',
      },
    },
  });
}

describe('the deployed function that fills a workspace', () => {
  const dashboard = (uid: string) => ({ uid, title: `Dashboard ${uid}`, tags: ['holdfast'], panels: [] });
  const content = async (id: string | undefined) => (await grafanas(here())).find((one) => one.id === id);

  it('reaches its Grafana by the name of the endpoint over TLS, and puts folder, source and dashboards there', async () => {
    const { Id } = outputs(
      await stacks.create('filled', await filled([dashboard('a'), dashboard('b')], 'one')),
    );
    expect(await content(Id)).toMatchObject({ folders: 1, sources: 1, dashboards: 2 });
    const applied = await new SSMClient(stacks.config).send(new GetParameterCommand({ Name: APPLIED }));
    expect(applied.Parameter?.Value).toContain(`${Id} one`);
  });

  it('takes away what is no longer among the dashboards', async () => {
    await stacks.update('filled', await filled([dashboard('b')], 'two'));
    const id = await stacks.physicalId('filled', 'Workspace');
    expect(await content(id)).toMatchObject({ folders: 1, dashboards: 1 });
  });
});
