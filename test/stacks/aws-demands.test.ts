import { describe, expect, it } from '@jest/globals';
import { synthesize, variant } from '../support/synth';

/** What AWS documents and no local API shows: each of these would stop a deployment, or move traffic. */
const synth = synthesize(
  variant('ops-center', {
    services: { relay: { image: 'ghcr.io/getsentry/relay:25.10.0', replicas: { min: 1, max: 2 } } },
    edge: { healthCheckIntervalSeconds: 30 },
  }),
);

describe('what AWS demands', () => {
  it.each(['us-east-2-Leadership', 'us-west-2-Recovery'])(
    '%s logs the id of each request, without which a stage is refused',
    (stack) => {
      const { AccessLogSettings } = synth.only(stack, 'AWS::ApiGatewayV2::Stage').Properties;
      expect(Object.values(JSON.parse(AccessLogSettings.Format))).toContain('$context.requestId');
    },
  );

  it('keeps the login at a registry under the key of Secrets Manager, the only one that ECR can read', () => {
    const login = synth.stack('us-east-1-Foundation').Resources.Loginghcrio;
    expect(login?.Type).toBe('AWS::SecretsManager::Secret');
    expect(login?.Properties).not.toHaveProperty('KmsKeyId');
  });

  it('counts bodies above 8 KiB and refuses none, so that files can be uploaded', () => {
    const { Rules } = synth.only('us-east-1-Cluster', 'AWS::WAFv2::WebACL').Properties;
    const common = Rules.find(({ Name }: { Name: string }) => Name === 'AWSManagedRulesCommonRuleSet');
    expect(common.OverrideAction).toEqual({ None: {} });
    expect(common.Statement.ManagedRuleGroupStatement.RuleActionOverrides).toEqual([
      { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } },
    ]);
  });

  it('asks the leadership endpoints every 10 s whatever the file says, because a changed check is a new one', () => {
    const interval = Object.fromEntries(
      synth
        .resources('us-east-1-Edge', 'AWS::Route53::HealthCheck')
        .map(([, { Properties }]) => [
          Properties.HealthCheckConfig.FullyQualifiedDomainName,
          Properties.HealthCheckConfig.RequestInterval,
        ]),
    );
    expect(interval).toMatchObject({
      'leader-standby.ops.example.com': 10,
      'leader-witness.ops.example.com': 10,
      'home.ops.example.com': 30,
    });
  });
});
