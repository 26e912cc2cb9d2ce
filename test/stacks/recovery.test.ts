import { describe, expect, it } from '@jest/globals';
import type { ReplicaSettings } from '../../lambda/region-agent/contract';
import { bundle } from '../../lib/functions/bundle';
import {
  type Resource,
  SYSTEMS,
  type Synthesized,
  synthesize,
  synthesized,
  type Template,
  variant,
} from '../support/synth';
import { functionNamed, imported, statements, walk } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const RECORD = 'Custom::HoldfastLeadershipRecord';
const LEASE = 'Custom::HoldfastFirstLease';
const SETUP = 'Custom::HoldfastDatabaseSetup';
const SCHEDULE = 'AWS::Scheduler::Schedule';
const ops = () => synthesized('ops-center');
let without: Synthesized | undefined;
/** Without a database of its own. */
const bare = (): Synthesized => {
  without ??= synthesize(
    variant('ops-center', {
      database: null,
      objectives: { components: { database: null } },
      services: { backend: { secrets: null, migration: null }, frontend: { secrets: null } },
      alerts: { thresholds: { DatabaseConnectionPoolExhausted: null } },
    }),
  );
  return without;
};

const agentIn = (region: string, synth = ops()) =>
  functionNamed(synth, `${region}-Recovery`, 'ops-center-region-agent');
const variables = (region: string, synth = ops()) => agentIn(region, synth).Environment.Variables;

/** Logical ids that a resource waits for, directly or not: what it depends on and what it refers to. */
function earlierThan({ Resources }: Template, id: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (one: string): void => {
    const { Properties, DependsOn = [] } = Resources[one] ?? {};
    const referred = [...walk(Properties)].flatMap(({ path, value }) =>
      path.at(-1) === 'Ref' || (path.at(-2) === 'Fn::GetAtt' && path.at(-1) === '0') ? [String(value)] : [],
    );
    for (const target of [...DependsOn, ...referred]) {
      if (!(target in Resources) || seen.has(target)) continue;
      seen.add(target);
      visit(target);
    }
  };
  visit(id);
  return seen;
}
/** Of several resources of a type the agent's. */
const idOf = (synth: Synthesized, suffix: string, type: string): string => {
  const ids = synth.resources(suffix, type).map(([id]) => id);
  return ids.find((id) => id.startsWith('Agent')) ?? ids[0] ?? `no ${type}`;
};

describe.each([HOME, STANDBY])('the region agent in %s', (region) => {
  const suffix = `${region}-Recovery`;
  const ofTheAgent = (type: string) => {
    const [, resource] =
      ops()
        .resources(suffix, type)
        .find(([id]) => id.startsWith('Agent')) ?? [];
    if (!resource) throw new Error(`The agent has no ${type}.`);
    return resource.Properties;
  };

  it('runs for as long as the simulation says, in the private subnets, as a function of Holdfast', () => {
    const { Timeout, MemorySize, VpcConfig } = agentIn(region);
    expect({ Timeout, MemorySize }).toEqual({ Timeout: 160, MemorySize: 256 });
    expect(VpcConfig.SubnetIds).toHaveLength(3);
    for (const subnet of VpcConfig.SubnetIds)
      expect(imported(ops(), subnet).resource.Properties.MapPublicIpOnLaunch).toBe(false);
    expect(VpcConfig.SecurityGroupIds.map((group: never) => imported(ops(), group).id)).toEqual([
      expect.stringMatching(/Functions/),
    ]);
  });

  it('is started every minute, and a start that was missed is not made up for', () => {
    expect(ofTheAgent(SCHEDULE)).toMatchObject({
      Name: 'ops-center-region-agent',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
    expect(ofTheAgent('AWS::Lambda::EventInvokeConfig')).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      Qualifier: '$LATEST',
    });
    expect(agentIn(region)).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('is started by a role that may start it and do nothing else', () => {
    const started = ofTheAgent(SCHEDULE).Target;
    const own = statements(ops().stack(suffix)).filter(({ id }) => id.startsWith('AgentStarter'));
    expect(own.map(({ actions, resources }) => ({ actions, resources }))).toEqual([
      { actions: ['lambda:InvokeFunction'], resources: [started.Arn] },
    ]);
    const role = ops().stack(suffix).Resources[started.RoleArn['Fn::GetAtt'][0]];
    expect(role?.Properties.AssumeRolePolicyDocument.Statement[0]).toMatchObject({
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
  });

  it('knows its side, the other one and what decides', () => {
    expect(JSON.parse(variables(region).AGENT_SETTINGS)).toEqual({
      own: region,
      other: region === HOME ? STANDBY : HOME,
      home: HOME,
      leaseSeconds: 60,
      enforceSeconds: 5,
      marginSeconds: 5,
      pollSeconds: 5,
      lagGateSeconds: 60,
      databaseOutageSeconds: 150,
      minimumSecondsBetweenMoves: 3600,
      failOverOnApplicationOutage: false,
    });
    expect(variables(region)).toMatchObject({
      LEADERSHIP_TABLE: 'ops-center-leadership',
      LEADERSHIP_REGIONS: expect.stringMatching(new RegExp(`^${region},`)),
      OWN_URL: `https://${region === HOME ? 'home' : 'standby'}.ops.example.com/health`,
      OTHER_URL: `https://${region === HOME ? 'standby' : 'home'}.ops.example.com/health`,
      PROBER_FUNCTION: 'ops-center-prober',
      WITNESS_REGION: 'us-east-2',
      ON_CALL_TOPIC: `arn:aws:sns:${region}:123456789012:ops-center-on-call`,
      CLUSTER: 'ops-center',
      SECRET_PREFIX: 'ops-center/',
      DATABASE_IDENTIFIER: 'ops-center-db',
      DATABASE_AGENT_SECRET: 'ops-center/database-agent',
    });
  });

  it('makes a replica with what the template of the Data stack says', () => {
    const { DATABASE_REPLICA: text } = variables(region);
    const [, parts] = text['Fn::Join'] as [string, (string | { 'Fn::ImportValue': string })[]];
    const settings = JSON.parse(
      parts.map((part) => (typeof part === 'string' ? part : part['Fn::ImportValue'])).join(''),
    ) as ReplicaSettings;
    const { Properties } = ops().stack(`${region}-Data`).Resources.Database as Resource;
    expect(settings).toMatchObject({
      instanceClass: Properties.DBInstanceClass,
      multiAz: Properties.MultiAZ,
      maxAllocatedStorageGib: Properties.MaxAllocatedStorage,
      maintenanceWindow: Properties.PreferredMaintenanceWindow,
      keyArn: Properties.KmsKeyId['Fn::ImportValue'],
      securityGroup: Properties.VPCSecurityGroups[0]['Fn::ImportValue'],
    });
    expect(settings.monitoringRoleArn).toBe(
      `arn:aws:iam::123456789012:role/ops-center-rds-monitoring-${region}`,
    );
    const roles = ops().resources(`${region}-Data`, 'AWS::IAM::Role');
    expect(roles.map(([, role]) => role.Properties.RoleName)).toContain(
      `ops-center-rds-monitoring-${region}`,
    );
    const groups = ops().resources(`${region}-Data`, 'AWS::RDS::DBSubnetGroup');
    expect(groups.map(([, group]) => group.Properties.DBSubnetGroupName)).toEqual([settings.subnetGroup]);
    expect(imported(ops(), { 'Fn::ImportValue': settings.parameterGroup }).resource.Type).toBe(
      'AWS::RDS::DBParameterGroup',
    );
  });
});

describe('the set-up of the database', () => {
  it.each([HOME, STANDBY])('runs in %s with the settings of the file, and again with new code', (region) => {
    expect(ops().only(`${region}-Recovery`, SETUP).Properties).toMatchObject({
      EnforceSeconds: '5',
      Statements: 'true',
      Archive: 'true',
      KeylessTables: 'refuse',
      ApplicationLimit: String(connections() - 20),
      Revision: bundle('database-setup').hash,
    });
  });

  const connections = (): number =>
    Number(ops().only(`${HOME}-Data`, 'AWS::RDS::DBParameterGroup').Properties.Parameters.max_connections);

  it('leaves the statements alone where the file fences sessions only, and makes its extensions', () => {
    const sessions = synthesize(
      variant('ops-center', { database: { fence: 'sessions', extensions: ['pg_cron', 'pg_trgm'] } }),
    );
    expect(sessions.only(`${HOME}-Recovery`, SETUP).Properties).toMatchObject({
      Statements: 'false',
      Extensions: ['pg_trgm'],
    });
  });

  it('may read the five secrets of the database in its region, and no others', () => {
    const read = statements(ops().stack(`${STANDBY}-Recovery`))
      .filter(
        ({ id, actions }) => id.startsWith('Database') && actions.includes('secretsmanager:GetSecretValue'),
      )
      .flatMap(({ resources }) => resources);
    expect(read.map(String).sort()).toEqual(
      ['database', 'database-agent', 'database-archive', 'database-monitor', 'database-owner'].map(
        (name) => `arn:aws:secretsmanager:${STANDBY}:123456789012:secret:ops-center/${name}-??????`,
      ),
    );
  });
});

describe('the order inside the Recovery stack', () => {
  const suffix = `${HOME}-Recovery`;
  const waits = (later: string, earlier: string, synth = ops()) =>
    earlierThan(synth.stack(suffix), idOf(synth, suffix, later)).has(idOf(synth, suffix, earlier));

  it('is fence, record, agent, first lease', () => {
    expect(waits(RECORD, SETUP)).toBe(true);
    expect(waits(SCHEDULE, RECORD)).toBe(true);
    expect(waits(SCHEDULE, SETUP)).toBe(true);
    expect(waits(LEASE, SCHEDULE)).toBe(true);
    expect(waits(SCHEDULE, LEASE)).toBe(false);
  });

  it('makes the record from the lease that the database holds', () => {
    expect(ops().only(suffix, RECORD).Properties.LeaseEpoch).toEqual({
      'Fn::GetAtt': [idOf(ops(), suffix, SETUP), 'LeaseEpoch'],
    });
    expect(ops().only(suffix, LEASE).Properties.AgentLogGroup).toBe(
      '/holdfast/ops-center/functions/region-agent',
    );
  });

  it('starts no agent before it is known that a start is not repeated', () => {
    for (const region of [HOME, STANDBY]) {
      const place = `${region}-Recovery`;
      const first = earlierThan(ops().stack(place), idOf(ops(), place, SCHEDULE));
      expect(first.has(idOf(ops(), place, 'AWS::Lambda::EventInvokeConfig'))).toBe(true);
    }
  });

  it('has no circle in any stack of any platform', () => {
    for (const name of SYSTEMS)
      for (const [stack, template] of synthesized(name).templates) {
        const circles = Object.keys(template.Resources).filter((id) => earlierThan(template, id).has(id));
        expect({ stack, circles }).toEqual({ stack, circles: [] });
      }
  });

  it('waits for no lease where there is no database that could hold one', () => {
    expect(bare().resources(suffix, SETUP)).toEqual([]);
    expect(bare().resources(suffix, LEASE)).toEqual([]);
    expect(bare().only(suffix, RECORD).Properties).not.toHaveProperty('LeaseEpoch');
    expect(waits(SCHEDULE, RECORD, bare())).toBe(true);
    expect(variables(HOME, bare())).not.toHaveProperty('DATABASE_IDENTIFIER');
  });
});
