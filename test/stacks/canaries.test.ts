import { describe, expect, it } from '@jest/globals';
import { TIMEOUT_SECONDS } from '../../lambda/canary/contract';
import { CANARY_EVERY_MINUTES, canaryTargets } from '../../lib/monitoring/cloudwatch/canaries';
import { secretValues } from '../support/invariants/exposure';
import { left, topicArn, waysFrom } from '../support/paging';
import { platform, synthesize, synthesized, variant } from '../support/synth';

const file = variant('ops-center', { monitoring: { canaries: true } });
const PLACES = ['us-east-1', 'us-west-2', 'us-east-2'];

describe('canaries', () => {
  const synth = synthesize(file);
  const canaries = left(synth, 'AWS::Synthetics::Canary');

  it('are there only where the platform file asks for them', () => {
    expect(left(synthesized('ops-center'), 'AWS::Synthetics::Canary')).toEqual([]);
    expect(canaries.map(({ region }) => region).sort()).toEqual([...PLACES].sort());
  });

  it('ask the public name and the fixed names of the regions, from everywhere alike', () => {
    for (const { resource } of canaries) {
      const { RunConfig, Schedule } = resource.Properties;
      expect(RunConfig.EnvironmentVariables.CANARY_TARGETS.split(',')).toEqual([
        'https://ops.example.com/health',
        'https://home.ops.example.com/health',
        'https://standby.ops.example.com/health',
      ]);
      expect(Schedule.Expression).toBe(`rate(${CANARY_EVERY_MINUTES} minutes)`);
      expect(RunConfig.TimeoutInSeconds).toBe(TIMEOUT_SECONDS);
    }
  });

  it('ask no standby that runs nothing', () => {
    const pilot = variant('ops-center', { regions: { standby: { tier: 'pilot-light' } } });
    expect(canaryTargets(pilot).join()).not.toContain('standby.');
    expect(canaryTargets(platform('ops-center')).join()).toContain('standby.');
  });

  it('carry a script without a secret, under a role that writes their own results only', () => {
    expect(secretValues(synth, 'ops-center')).toEqual([]);
    for (const { stack, region, resource } of canaries) {
      expect(resource.Properties.Code.Script).toContain('handler');
      const [roleId] = resource.Properties.ExecutionRoleArn['Fn::GetAtt'];
      const policy = JSON.stringify(synth.templates.get(stack)?.Resources[roleId]?.Properties.Policies);
      expect(policy).toContain(`arn:aws:s3:::ops-center-logs-123456789012-${region}/canary-results/*`);
      expect(policy).toContain('"cloudwatch:namespace":"CloudWatchSynthetics"');
      expect(policy).not.toMatch(/secretsmanager|s3:\*|"Action":"\*"/);
    }
  });

  it('page from each place through a topic that somebody listens to', () => {
    const alarms = left(synth, 'AWS::CloudWatch::Alarm').filter(({ resource }) =>
      resource.Properties.AlarmName.endsWith('-canary-failing'),
    );
    expect(alarms.map(({ region }) => region).sort()).toEqual([...PLACES].sort());
    for (const one of alarms) {
      const arn = topicArn(synth, one, one.resource.Properties.AlarmActions[0]);
      expect([one.region, arn.split(':')[3]]).toEqual([one.region, one.region]);
      expect(waysFrom(synth, arn)).toContain('e-mail');
    }
  });
});
