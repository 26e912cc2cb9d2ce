import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EDGE_REGION } from '../../lib/config/names';
import type { Role } from '../../lib/config/platform';
import { regionsOfStep, type Step } from '../../lib/recovery/step';
import { STEPS } from '../../lib/recovery/steps';
import { failoverStepsPage } from '../../lib/recovery/steps-page';
import { platform, ROOT, SYSTEMS, synthesized } from '../support/synth';
import { statements } from '../support/templates';

const ROLES: readonly Role[] = ['home', 'standby'];
const cases = SYSTEMS.flatMap((name) => ROLES.map((role) => ({ name, role })));
/** What every function may do for itself: write its log, and be attached to a VPC. */
const OF_ANY_FUNCTION =
  /^(logs:|ec2:(Create|Delete)NetworkInterface|ec2:DescribeNetworkInterfaces|ec2:DescribeSubnets|ec2:(Una|A)ssignPrivateIpAddresses)/;

/** `action resource condition`, each once. */
const sorted = (grants: readonly string[]): string[] => [...new Set(grants)].sort();
const grant = (action: string, resource: unknown, condition: unknown): string =>
  `${action} ${JSON.stringify(resource)} ${JSON.stringify(condition ?? {})}`;

function granted(name: string, role: Role): string[] {
  const region = platform(name).regions[role].name;
  return sorted(
    statements(synthesized(name).stack(`${region}-Recovery`))
      .filter(({ type, id }) => type === 'AWS::IAM::Role' && id.startsWith('AgentFunction'))
      .flatMap(({ actions, resources, condition }) =>
        actions
          .filter((action) => !OF_ANY_FUNCTION.test(action))
          .flatMap((action) => resources.map((resource) => grant(action, resource, condition))),
      ),
  );
}

const inTheTable = (name: string, role: Role): string[] =>
  sorted(
    STEPS.flatMap(({ actions, resources, conditions }) =>
      actions.flatMap((action) =>
        resources(platform(name), role).map((resource) =>
          grant(action, resource, conditions?.(platform(name), role)),
        ),
      ),
    ),
  );

describe('the table of the steps of a failover', () => {
  it.each(cases)('is the policy of the agent of $name in $role, and nothing else is', ({ name, role }) => {
    expect(inTheTable(name, role).length).toBeGreaterThan(15);
    expect(granted(name, role)).toEqual(inTheTable(name, role));
  });

  it('lets a takeover wait for the own region and for any region of the table, for nothing else', () => {
    const critical = STEPS.filter((step) => step.critical);
    expect(critical.length).toBeGreaterThan(8);
    for (const { step, region } of critical)
      expect({ step, region: ['own', 'any region of the table'].includes(region) }).toEqual({
        step,
        region: true,
      });
  });

  it.each(cases)(
    'names in $name from $role only resources of the region that a step says',
    ({ name, role }) => {
      const wrong = STEPS.flatMap((step) =>
        step
          .resources(platform(name), role)
          .filter((arn) => !isIn(arn, regionsOfStep(step, platform(name), role), step))
          .map((arn) => `${step.step}: ${arn}`),
      );
      expect(wrong).toEqual([]);
    },
  );

  it('binds what AWS knows no resource for to the region or the cluster of its step', () => {
    for (const { name, role } of cases)
      for (const step of STEPS.filter((one) => one.resources(platform(name), role).includes('*'))) {
        const [region = ''] = regionsOfStep(step, platform(name), role);
        expect(JSON.stringify(step.conditions?.(platform(name), role))).toMatch(
          new RegExp(`"aws:RequestedRegion":"${region}"|"ecs:cluster":"arn:aws:ecs:${region}:`),
        );
      }
  });

  it('has no step that edits DNS, or that asks us-east-1 unless a region of the platform is there', () => {
    expect(STEPS.flatMap(({ actions }) => actions).filter((action) => /^route53/.test(action))).toEqual([]);
    for (const { name, role } of cases) {
      const { regions, leadership } = platform(name);
      const own = [regions.home, regions.standby, regions.witness].map((one) => one.name);
      const elsewhere = STEPS.filter(({ region }) => region !== 'any region of the table')
        .flatMap((step) => regionsOfStep(step, platform(name), role))
        .filter((region) => region === EDGE_REGION && !own.includes(region));
      expect(elsewhere).toEqual([]);
      expect(leadership.regions).toHaveLength(3);
    }
  });

  it('says of each step what it is, once', () => {
    const named = STEPS.map(({ step, service, region }) => `${step} ${service} ${region}`);
    expect(named.filter((one, index) => named.indexOf(one) !== index)).toEqual([]);
  });

  it('is in docs/; if not, run npm run docs', () => {
    for (const [path, content] of Object.entries(failoverStepsPage()))
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(content);
  });
});

/** RDS asks the region of a replica's source too; roles are of no region. */
function isIn(arn: string, regions: readonly string[], { actions }: Step): boolean {
  const [, , service, region = ''] = arn.split(':');
  if (arn === '*' || service === 'iam') return true;
  return regions.includes(region) || actions.includes('rds:CreateDBInstanceReadReplica');
}

const PREFIX: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  ecs: 'ecs',
  lambda: 'lambda',
  rds: 'rds',
  'secrets-manager': 'secretsmanager',
  sns: 'sns',
};
/** Where the action has another name than the command. */
const ACTION: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));

/** The actions of every command that a source makes. A command of a client that is not listed stays as it is. */
function actionsIn(source: string): string[] {
  const clientOf = new Map<string, string>();
  for (const [, names = '', client = ''] of source.matchAll(
    /import \{([^}]*)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g,
  ))
    for (const name of names.split(',')) clientOf.set(name.trim(), client);
  return [...source.matchAll(/new (\w+)Command\(/g)].map(([, operation = '']) => {
    const client = clientOf.get(`${operation}Command`) ?? '?';
    const action = `${PREFIX[client] ?? client}:${operation}`;
    return ACTION[action] ?? action;
  });
}

describe('the code of the region agent', () => {
  const code = ['lambda/region-agent', 'lambda/leader'].flatMap(sources);

  it('sends exactly the requests of the table', () => {
    const direct = STEPS.filter(({ indirect }) => !indirect).flatMap(({ actions }) => actions);
    expect(sorted(code.flatMap(actionsIn))).toEqual(sorted(direct));
  });

  it('sends requests in no other way', () => {
    const text = code.join('\n');
    expect(text.match(/@aws-sdk\/(?!client-)[a-z0-9-]+/g) ?? []).toEqual([]);
    expect(text.match(/paginate[A-Z]\w+|waitUntil[A-Z]\w+/g) ?? []).toEqual([]);
    const clients = [...text.matchAll(/@aws-sdk\/client-([a-z0-9-]+)/g)].map(([, client = '']) => client);
    expect(sorted(clients)).toEqual(Object.keys(PREFIX).sort());
  });
});
