import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Construct } from 'constructs';
import { Chaos, stopAlarms } from '../../lib/chaos/chaos';
import { actionsOf, type Place } from '../../lib/chaos/experiments';
import { SCENARIOS, type ScenarioName, scenariosOf } from '../../lib/chaos/scenarios';
import type { Platform } from '../../lib/config/platform';
import { heartbeatSymptom } from '../../lib/monitoring/cloudwatch/heartbeats';
import { bareStack } from '../monitoring/support';
import { platform, ROOT, SYSTEMS } from '../support/synth';

const TARGET = platform('ops-center');
const SUBNETS = {
  public: ['subnet-p1', 'subnet-p2', 'subnet-p3'],
  private: ['subnet-a1', 'subnet-a2', 'subnet-a3'],
  isolated: ['subnet-i1', 'subnet-i2', 'subnet-i3'],
};
const place = (of: Platform = TARGET): Place => ({ platform: of, role: 'home', subnets: SUBNETS });
const scenario = (name: ScenarioName) => {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
const actions = (name: ScenarioName) => actionsOf(place(), scenario(name));
// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
type Free = any;

describe('the scenarios', () => {
  it('have the names of the drill, but for what only AWS can do', () => {
    const folder = join(ROOT, 'local/drill/scenarios');
    const drill = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}name: '([a-z-]+)'/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(SCENARIOS.map(({ name }) => name).filter((name) => !drill.includes(name))).toEqual([
      'table-isolation',
    ]);
  });

  it('are only those that a platform can live through', () => {
    const bare = { ...TARGET, services: [] };
    expect(scenariosOf(bare, 'home').map(({ name }) => name)).not.toContain('replica-kill');
    const { database: _database, ...stateless } = TARGET;
    expect(scenariosOf(stateless, 'home').map(({ name }) => name)).not.toContain('database-failure');
  });

  it.each(SYSTEMS)('fit into the limits of FIS for %s', (name) => {
    for (const role of ['home', 'standby'] as const)
      for (const one of scenariosOf(platform(name), role)) {
        const made = actionsOf({ ...place(platform(name)), role }, one);
        expect(made.length).toBeGreaterThan(0);
        expect(made.length).toBeLessThanOrEqual(20);
        expect(new Set(made.map((action) => action.name)).size).toBe(made.length);
        for (const { target } of made) expect((target.resourceArns ?? []).length).toBeLessThanOrEqual(5);
      }
  });
});

describe('what FIS does', () => {
  it('stops one task of each service with routes', () => {
    expect(
      actions('replica-kill').map(({ actionId, target }) => [
        actionId,
        target.selectionMode,
        target.parameters,
      ]),
    ).toEqual([
      ['aws:ecs:stop-task', 'COUNT(1)', { cluster: 'ops-center', service: 'backend' }],
      ['aws:ecs:stop-task', 'COUNT(1)', { cluster: 'ops-center', service: 'frontend' }],
    ]);
  });

  it('cuts a zone off with all its kinds of subnets, and fails over a database only if it is there', () => {
    const [cut, database, cache] = actions('zone-loss');
    expect(cut).toMatchObject({ actionId: 'aws:network:disrupt-connectivity', parameters: { scope: 'all' } });
    expect(cut?.target.resourceArns?.map((arn) => arn.split('/')[1])).toEqual([
      'subnet-p1',
      'subnet-a1',
      'subnet-i1',
    ]);
    expect(database?.target).toMatchObject({
      resourceTags: { 'holdfast:platform': 'ops-center', 'holdfast:part': 'Data' },
      parameters: { availabilityZoneIdentifiers: 'us-east-1a' },
    });
    expect(database?.target.resourceArns).toBeUndefined();
    expect(cache).toMatchObject({
      actionId: 'aws:elasticache:replicationgroup-interrupt-az-power',
      target: { parameters: { availabilityZoneIdentifier: 'us-east-1a' } },
    });
  });

  it('leaves the users of a region that is parted from the others on their way in', () => {
    const [cut, ...others] = actions('partition');
    expect(others).toEqual([]);
    expect(cut).toMatchObject({ parameters: { scope: 'vpc' } });
    expect(cut?.target.resourceArns?.every((arn) => arn.includes('subnet-a'))).toBe(true);
  });

  it('takes the entrance of a region that is lost as well, and never touches its data', () => {
    const arns = actions('region-loss').flatMap(({ target }) => target.resourceArns ?? []);
    expect(arns.some((arn) => arn.includes('subnet-p'))).toBe(true);
    expect(arns.some((arn) => arn.includes('subnet-i'))).toBe(false);
  });

  it('can only reboot the database of the own region', () => {
    expect(actions('database-failure')).toMatchObject([
      {
        actionId: 'aws:rds:reboot-db-instances',
        parameters: { forceFailover: 'true' },
        target: { resourceArns: ['arn:aws:rds:us-east-1:123456789012:db:ops-center-db'] },
      },
    ]);
  });
});

describe('the templates of a region', () => {
  const { stack, template: made } = bareStack(TARGET, 'home');
  const heartbeats = new Construct(stack, 'Heartbeats');
  new Chaos(stack, 'Chaos', { ...place(), vpcId: 'vpc-1', heartbeats });
  const template = made();
  const templates: Free[] = Object.values(template.findResources('AWS::FIS::ExperimentTemplate')).map(
    ({ Properties }: Free) => Properties,
  );
  const role: Free = Object.values(template.findResources('AWS::IAM::Role'))[0];
  const statements: Free[] = role.Properties.Policies[0].PolicyDocument.Statement;

  it('are found by the platform and the scenario, and each has something that stops it', () => {
    expect(templates.map(({ Tags }) => Tags['holdfast:scenario']).sort()).toEqual(
      SCENARIOS.map(({ name }) => name).sort(),
    );
    for (const { StopConditions, Tags } of templates) {
      expect(Tags['holdfast:platform']).toBe('ops-center');
      expect(StopConditions.map(({ Source }: Free) => Source)).toEqual([
        'aws:cloudwatch:alarm',
        'aws:cloudwatch:alarm',
      ]);
    }
  });

  it('that take the region away stop if who shall take over falls silent, and not because writes stop', () => {
    const alarms = stopAlarms(place(), scenario('region-loss'));
    expect(alarms.map((arn) => arn.split(':alarm:')[1])).toEqual(
      ['us-west-2', TARGET.regions.witness.name].map((other) => `ops-center-${heartbeatSymptom(other).name}`),
    );
    expect(stopAlarms(place(), scenario('replica-kill')).join()).toContain('ops-center-nobody-can-write');
  });

  it('run under a role that only FIS of this account and region may take', () => {
    expect(role.Properties.AssumeRolePolicyDocument.Statement[0]).toMatchObject({
      Principal: { Service: 'fis.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:fis:us-east-1:123456789012:experiment/*' },
      },
    });
  });

  it('may change nothing by a bare wildcard, and delete only what FIS made for itself', () => {
    for (const { Action, Resource, Condition } of statements) {
      const named = [Action].flat();
      if ([Resource].flat().includes('*') && !Condition)
        expect(named.filter((one: string) => !/:(Describe|Get|List)/.test(one))).toEqual([]);
      const deletes = named.filter(
        (one: string) => /:Delete/.test(one) && one !== 'dynamodb:DeleteResourcePolicy',
      );
      if (deletes.length > 0)
        expect(Condition).toEqual({ StringEquals: { 'aws:ResourceTag/managedByFIS': 'true' } });
    }
    const all = statements.flatMap(({ Action }) => Action);
    expect(
      all.filter((one: string) => /rds:|dynamodb:(Delete|Put|Update)(Item|Table)/.test(one)).sort(),
    ).toEqual(['rds:DescribeDBInstances', 'rds:RebootDBInstance']);
  });

  it('are made only where the file asks for them', () => {
    expect(TARGET.chaos).toBe(false);
  });
});
