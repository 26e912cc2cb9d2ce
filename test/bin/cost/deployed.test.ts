import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { awsPorts } from '../../../bin/checks/aws';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { BadTemplate, deployedStacks, NotDeployed } from '../../../bin/cost/deployed';
import { platformFile } from '../../../bin/cost/source';
import { tellDeployment } from '../../../bin/cost/tell';
import { preflightPorts } from '../../../bin/operate/aws';
import { DEFAULT_USE } from '../../../lib/cost/use/assumptions';
import { bareRegion, opsCenterHome } from '../../cost/hand';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';
import { ROOT } from '../../support/synth';
import { terminal } from '../operate/fakes';

const source = platformFile('ops-center', ROOT);
const { platform } = source;
const TASK = {
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Cpu: '4096', Memory: '8192', RuntimePlatform: { CpuArchitecture: 'X86_64' } },
};
const GATE = { Type: 'Custom::HoldfastImageGate', Properties: { Serving: '3 3 10', Standby: '1 1 10' } };
const stack = (Resources: object): string => JSON.stringify({ Resources });

/** Name of a stack: its state and template, by region. */
type Account = Record<string, Record<string, { readonly status?: string; readonly template: string }>>;
const ACCOUNT: Account = {
  'us-east-1': {
    'OpsCenter-us-east-1-Service-backend': { template: stack({ Task: TASK, Gate: GATE }) },
    'OpsCenter-us-east-1-Service-gone': { template: stack({ Task: TASK, Gate: GATE }) },
    'OpsCenter-us-east-1-Network': { template: stack({ Nat: { Type: 'AWS::EC2::NatGateway' } }) },
    'OpsCenter-us-east-1-Data': { status: 'REVIEW_IN_PROGRESS', template: '{}' },
    'Other-us-east-1-Network': { template: stack({ Nat: { Type: 'AWS::EC2::NatGateway' } }) },
  },
};

const before = { ...process.env };
let account: Account = ACCOUNT;
let denied = false;
let stub: AwsStub;

beforeAll(async () => {
  stub = await startAwsStub(({ headers, body }) => {
    const region = /\/(us-[a-z]+-\d)\/cloudformation/.exec(String(headers.authorization))?.[1] ?? '';
    const asked = new URLSearchParams(body);
    const type = 'text/xml';
    if (denied)
      return {
        status: 403,
        type,
        body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
      };
    const here = account[region] ?? {};
    if (asked.get('Action') === 'DescribeStacks') {
      const members = Object.entries(here).map(
        ([name, { status = 'UPDATE_COMPLETE' }]) =>
          `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus></member>`,
      );
      return { status: 200, type, body: answer('DescribeStacks', `<Stacks>${members.join('')}</Stacks>`) };
    }
    const template = here[asked.get('StackName') ?? '']?.template ?? '';
    const text = template.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return { status: 200, type, body: answer('GetTemplate', `<TemplateBody>${text}</TemplateBody>`) };
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: stub.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
beforeEach(() => {
  account = ACCOUNT;
  denied = false;
});
afterAll(async () => {
  process.env = before;
  await stub.stop();
});

const answer = (action: string, result: string): string =>
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
const ports = () => ({ stacks: awsPorts().stacks, deployed: preflightPorts(platform).deployed });

describe('what is deployed', () => {
  it('is read from the templates of its own stacks, those also of services that are no more in the file', async () => {
    const { stacks, missing } = await deployedStacks(platform, ports());
    expect(stacks.map(({ name }) => name)).toEqual([
      'OpsCenter-us-east-1-Service-backend',
      'OpsCenter-us-east-1-Service-gone',
      'OpsCenter-us-east-1-Network',
    ]);
    expect(missing).toEqual(
      expect.arrayContaining(['OpsCenter-us-east-1-Data', 'OpsCenter-us-west-2-Service-backend']),
    );
  });

  it('is only read: the two questions are all that is asked', async () => {
    await deployedStacks(platform, ports());
    const actions = stub.requests.map(({ body }) => new URLSearchParams(body).get('Action'));
    expect([...new Set(actions)].sort()).toEqual(['DescribeStacks', 'GetTemplate']);
  });

  it('is nothing in an account without a stack of it', async () => {
    account = { 'us-east-1': { 'Other-us-east-1-Network': { template: '{}' } } };
    await expect(deployedStacks(platform, ports())).rejects.toThrow(NotDeployed);
    await expect(deployedStacks(platform, ports())).rejects.toThrow(
      /^No stack of ops-center is deployed in us-east-1, us-west-2, us-east-2: .*npx holdfast check/,
    );
  });

  it('is an error where a template is none', async () => {
    account = { 'us-east-1': { 'OpsCenter-us-east-1-Network': { template: 'Resources: [' } } };
    await expect(deployedStacks(platform, ports())).rejects.toThrow(BadTemplate);
  });
});

describe('the difference from what is deployed', () => {
  const built = () => [opsCenterHome(platform), bareRegion('us-west-2')];
  const told = async (json: boolean): Promise<string> => {
    const { end, said } = terminal();
    const asked = { use: DEFAULT_USE, json, terminal: end };
    await tellDeployment(source, ports(), asked, { use: DEFAULT_USE, built });
    return said.out;
  };

  it('is told line by line, with what is not deployed and how both came about', async () => {
    const out = await told(false);
    expect(out).toMatch(/^ops-center, compared with what is deployed, USD a month\n/);
    expect(out).toMatch(/ {2}database +us-east-1 +0\.00 +\d+\.\d\d +\+/);
    expect(out).toMatch(/ {2}NAT gateways +us-east-1 +32\.85 +98\.55 +\+65\.70\n/);
    expect(out).toContain('Before: as the templates of the 3 deployed stacks have it');
    expect(out).toMatch(/Not deployed yet: .*OpsCenter-us-east-1-Data/);
  });

  it('reckons with the tasks of the templates, not with those of the file', async () => {
    const {
      changes,
      about,
    }: { changes: { name: string; region: string; fromUsd: number }[]; about: string[] } = JSON.parse(
      await told(true),
    );
    const tasks = changes.find(
      ({ name, region }) => name === 'tasks of the services' && region === 'us-east-1',
    );
    // Two services of three tasks of 4 vCPU and 8 GiB.
    expect(tasks?.fromUsd).toBeCloseTo(6 * 730 * (4 * 0.04048 + 8 * 0.004445), -2);
    expect(about.length).toBeGreaterThan(2);
  });

  it('names the permission that is missing, and the document that has it', async () => {
    denied = true;
    const { end, said } = terminal();
    const args = ['cost', '--diff', '--against', 'deployed', '--platform', 'ops-center'];
    expect(await run(args, end)).toBe(EXIT.notOk);
    expect(said.err).toMatch(/cloudformation:DescribeStacks is missing in .*docs\/iam-operator-policy\.json/);
  });
});
