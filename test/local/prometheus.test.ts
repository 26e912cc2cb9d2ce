import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { regionAt, rest } from '../../local/readback/aws';
import { METRICS } from '../../local/readback/metrics';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, outputs, REGION, Stacks, type Template } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/one`;
const LOGS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/vendedlogs/one:*`;
const MANAGER = 'alertmanager_config: |\n  route:\n    receiver: default\n';
const RULES = 'groups:\n  - name: one\n    rules: []\n';

const template = (workspace: object, rules?: object): Template => ({
  Resources: {
    Workspace: { Type: 'AWS::APS::Workspace', Properties: { Alias: 'shop', KmsKeyArn: KEY, ...workspace } },
    ...(rules && {
      Rules: {
        Type: 'AWS::APS::RuleGroupsNamespace',
        Properties: { Workspace: { Ref: 'Workspace' }, Name: 'alerts', ...rules },
      },
    }),
  },
  Outputs: {
    Arn: { Value: { 'Fn::GetAtt': ['Workspace', 'Arn'] } },
    Id: { Value: { 'Fn::GetAtt': ['Workspace', 'WorkspaceId'] } },
    Endpoint: { Value: { 'Fn::GetAtt': ['Workspace', 'PrometheusEndpoint'] } },
  },
});

/** What the service answers below a workspace. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is free-form JSON
const ask = (path: string): Promise<any> =>
  rest(regionAt(api.endpoint, ACCOUNT, REGION), 'aps', `/workspaces/${path}`);
const decoded = (data: string): string => Buffer.from(data, 'base64').toString();
const known = (type: string): Promise<Iterable<string>> =>
  METRICS[type]?.(regionAt(api.endpoint, ACCOUNT, REGION), []) ?? Promise.resolve([]);

describe('a workspace of the local AWS API', () => {
  it('is made with its key, retention, log and alert manager, and tells its address', async () => {
    const stack = await stacks.create(
      'whole',
      template({
        WorkspaceConfiguration: { RetentionPeriodInDays: 15 },
        LoggingConfiguration: { LogGroupArn: LOGS },
        AlertManagerDefinition: MANAGER,
        Tags: [{ Key: 'part', Value: 'metrics' }],
      }),
    );
    expect(await stacks.failures('whole')).toEqual([]);
    const { Arn = '', Id = '', Endpoint } = outputs(stack);
    expect(Arn).toBe(`arn:aws:aps:${REGION}:${ACCOUNT}:workspace/${Id}`);
    expect(Endpoint).toBe(`https://aps-workspaces.${REGION}.amazonaws.com/workspaces/${Id}/`);
    expect((await ask(Id)).workspace).toMatchObject({
      alias: 'shop',
      kmsKeyArn: KEY,
      tags: { part: 'metrics' },
    });
    expect((await ask(`${Id}/configuration`)).workspaceConfiguration.retentionPeriodInDays).toBe(15);
    expect((await ask(`${Id}/logging`)).loggingConfiguration.logGroupArn).toBe(LOGS);
    const { alertManagerDefinition } = await ask(`${Id}/alertmanager/definition`);
    expect(decoded(alertManagerDefinition.data)).toBe(MANAGER);
    expect([...(await known('AWS::APS::Workspace'))]).toContain(Arn);
  });

  it('is changed in place: the alias, the days, the alert manager, and each part taken away', async () => {
    const before = outputs(await stacks.create('changed', template({ AlertManagerDefinition: MANAGER })));
    const { Id = '', Arn } = before;
    const configuration = { WorkspaceConfiguration: { RetentionPeriodInDays: 30 } };
    const manager = { AlertManagerDefinition: MANAGER.replace('default', 'other') };
    const after = await stacks.update('changed', template({ Alias: 'store', ...configuration, ...manager }));
    expect(outputs(after).Arn).toBe(Arn);
    expect((await ask(Id)).workspace.alias).toBe('store');
    expect((await ask(`${Id}/configuration`)).workspaceConfiguration.retentionPeriodInDays).toBe(30);
    expect(decoded((await ask(`${Id}/alertmanager/definition`)).alertManagerDefinition.data)).toContain(
      'other',
    );
    await stacks.update('changed', template(configuration));
    await expect(ask(`${Id}/alertmanager/definition`)).rejects.toThrow(/404/);
  });

  it('is replaced by another one if its key changes', async () => {
    const before = outputs(await stacks.create('replaced', template({})));
    const after = outputs(await stacks.update('replaced', template({ KmsKeyArn: `${KEY}-more` })));
    expect(after.Arn).not.toBe(before.Arn);
    const arns = [...(await known('AWS::APS::Workspace'))];
    expect(arns).toContain(after.Arn);
    expect(arns).not.toContain(before.Arn);
  });

  it('fails its stack for a property that it does not have', async () => {
    const stack = await stacks.create('unknown', template({ Colour: 'red' }));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.failures('unknown')).join()).toMatch(/Colour/);
  });
});

describe('rules of the local AWS API', () => {
  it('are made in their workspace, changed in place, and go with their stack', async () => {
    const { Id = '' } = outputs(await stacks.create('rules', template({}, { Data: RULES })));
    const path = `${Id}/rulegroupsnamespaces/alerts`;
    const { ruleGroupsNamespace } = await ask(path);
    expect(decoded(ruleGroupsNamespace.data)).toBe(RULES);
    expect([...(await known('AWS::APS::RuleGroupsNamespace'))]).toEqual([ruleGroupsNamespace.arn]);
    expect(await stacks.physicalId('rules', 'Rules')).toBe(ruleGroupsNamespace.arn);

    await stacks.update('rules', template({}, { Data: RULES.replace('one', 'two') }));
    expect(decoded((await ask(path)).ruleGroupsNamespace.data)).toContain('two');

    await stacks.delete('rules');
    expect([...(await known('AWS::APS::RuleGroupsNamespace'))]).toEqual([]);
    await expect(ask(Id)).rejects.toThrow(/404/);
  });
});
