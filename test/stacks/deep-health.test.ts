import { describe, expect, it } from '@jest/globals';
import { knownDimensions } from '../../lib/monitoring/collector/region-reads';
import { deepHealthAlarms } from '../../lib/monitoring/deep-health';
import { HOLDFAST } from '../../lib/monitoring/metrics/holdfast';
import { functionPorts } from '../../lib/service/function-ports';
import { platform, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

/** mercator-jupiter asks its gateway deeply; the others have no such path. */
const MERCATOR = 'mercator-jupiter';
const synth = () => synthesized(MERCATOR);
const { regions, services } = platform(MERCATOR);
const [gateway] = services.filter(({ deepHealth }) => deepHealth);
if (!gateway) throw new Error(`${MERCATOR} has no deep health path.`);
const { name } = gateway;
const REGIONS = [regions.home.name, regions.standby.name];

describe.each(REGIONS)('deep health in %s', (region) => {
  const suffix = `${region}-Monitoring`;

  it('is asked once a minute of every task, as the file says', () => {
    const schedule = synth()
      .resources(suffix, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => Properties)
      .find(({ Name }) => Name === `${MERCATOR}-deep-health`);
    expect(schedule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(JSON.parse(schedule?.Target.Input)).toEqual({
      services: [{ service: name, port: 8080, path: '/health/deep', timeoutSeconds: 10, graceSeconds: 60 }],
    });
  });

  it('is asked from among the tasks, by a function that has time for the slowest answer', () => {
    const asker = functionNamed(synth(), suffix, `${MERCATOR}-deep-health`);
    expect(asker.Timeout).toBe(30);
    expect(JSON.stringify(asker.VpcConfig)).toContain('Functions');
    expect(asker.Environment.Variables).toEqual({ PLATFORM: MERCATOR, CLUSTER: MERCATOR });
  });

  it('may look at the tasks of this cluster, and do nothing to them', () => {
    const allowed = statements(synth().stack(suffix)).filter(({ id }) => id.startsWith('DeepHealthFunction'));
    const ecs = allowed.filter(({ actions }) => actions.some((action) => action.startsWith('ecs:')));
    expect(ecs.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['ecs:ListTasks'], ['*']],
      [['ecs:DescribeTasks'], [`arn:aws:ecs:${region}:123456789012:task/${MERCATOR}/*`]],
    ]);
    expect(allowed.flatMap(({ actions }) => actions).filter((one) => !/^(ecs|ec2|logs):/.test(one))).toEqual(
      [],
    );
  });

  it('alarms in its own region after three bad rounds, and when nobody asks any more', () => {
    const alarm = synth()
      .resources(suffix, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .find(({ AlarmName }) => AlarmName === `${MERCATOR}-${name}-deep-health`);
    expect(alarm).toMatchObject({
      Namespace: 'Holdfast',
      MetricName: 'DeepHealthFailing',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'breaching',
    });
    expect(alarm?.AlarmActions).toEqual([`arn:aws:sns:${region}:123456789012:${MERCATOR}-alerts`]);
  });

  it('reaches the tasks on the port of its path, from the functions of Holdfast alone', () => {
    const group = synth().only(`${region}-Service-${name}`, 'AWS::EC2::SecurityGroup').Properties;
    const admitted = group.SecurityGroupIngress.filter(
      ({ Description }: { Description: string }) => Description === 'From the questions for deep health',
    );
    expect(admitted).toMatchObject([{ FromPort: 8080, ToPort: 8080 }]);
    expect(JSON.stringify(admitted[0].SourceSecurityGroupId)).toContain('Functions');
  });

  it('is no reason to replace a task, to roll a deployment back or to move traffic', () => {
    const service = JSON.stringify(synth().stack(`${region}-Service-${name}`));
    expect(service).not.toContain('/health/deep');
    expect(service).not.toContain('deep-health"');
  });
});

describe('deep health', () => {
  it('costs nothing where no service has such a path', () => {
    const bare = synthesized('ops-center');
    const names = bare
      .resources('us-east-1-Monitoring', 'AWS::Lambda::Function')
      .map(([, { Properties }]) => Properties.FunctionName);
    expect(names.filter((one) => /deep-health/.test(one))).toEqual([]);
    expect(deepHealthAlarms(platform('ops-center'))).toEqual([]);
  });

  it('has an alarm and a series for each service that has a path', () => {
    const two = variant('ops-center', {
      services: {
        backend: { deepHealth: { path: '/deep' } },
        frontend: { deepHealth: { path: '/deep' } },
      },
    });
    const series = HOLDFAST.filter(({ cloudWatch }) => cloudWatch.metric === 'DeepHealthFailing');
    expect(series.flatMap((one) => knownDimensions(one, two, 'standby'))).toEqual([
      { Platform: 'ops-center', Service: 'backend' },
      { Platform: 'ops-center', Service: 'frontend' },
    ]);
    expect(deepHealthAlarms(two).map((alarm) => alarm.name)).toEqual([
      'backend-deep-health',
      'frontend-deep-health',
    ]);
  });

  it('and readiness on the same port open it once: AWS refuses a rule that is there twice', () => {
    const probe = (containerPort: number) => ({ path: '/deep', timeoutSeconds: 5, containerPort });
    const ports = (deep: number, ready: number) =>
      [...functionPorts({ deepHealth: probe(deep), readiness: probe(ready) })].map(([port]) => port);
    expect([ports(8080, 8080), ports(9000, 8080)]).toEqual([[8080], [9000, 8080]]);
    expect([...functionPorts({})]).toEqual([]);
  });
});
