import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { loadPlatform } from '../../lib/config/load';
import type { Platform, Role } from '../../lib/config/platform';
import { PagerDutyAccess } from '../../lib/monitoring/pagerduty-access';
import { bareApp } from '../support/synth';

const jackcwf = loadPlatform('jackcwf', { root: resolve(__dirname, '../..') });

function templateOf(platform: Platform, role: Role): Template {
  const stack = new Stack(bareApp(), 'Foundation');
  const secrets = new CfnSecret(stack, 'Secret', { name: 'jackcwf/pagerduty-critical' });
  new PagerDutyAccess(stack, 'PagerDuty', { platform, role, key: new Key(stack, 'Key'), secrets });
  return Template.fromStack(stack);
}

const workspaces = (...regions: string[]) => {
  const arns = regions.map((region) => `arn:aws:aps:${region}:123456789012:workspace/*`);
  return {
    ArnLike: { 'aws:SourceArn': arns },
    StringEquals: { 'aws:SourceAccount': '123456789012' },
  };
};

describe('access to the routing keys of PagerDuty', () => {
  it('is given at home for each secret that a receiver names, to the alert managers of both regions', () => {
    const template = templateOf(jackcwf, 'home');
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 2);
    for (const name of ['jackcwf/pagerduty-critical', 'jackcwf/pagerduty-ops']) {
      template.hasResource('AWS::SecretsManager::ResourcePolicy', {
        DependsOn: ['Secret'],
        Properties: {
          SecretId: name,
          BlockPublicPolicy: true,
          ResourcePolicy: Match.objectLike({
            Statement: [
              Match.objectLike({
                Principal: { Service: 'aps.amazonaws.com' },
                Action: 'secretsmanager:GetSecretValue',
                Condition: workspaces('eu-central-1', 'eu-west-1'),
              }),
            ],
          }),
        },
      });
    }
  });

  it.each([
    ['home', 'eu-central-1'],
    ['standby', 'eu-west-1'],
  ] as const)('opens with the key of the region these secrets alone: %s', (role, region) => {
    templateOf(jackcwf, role).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'aps.amazonaws.com' },
            Action: 'kms:Decrypt',
            Condition: {
              ...workspaces(region),
              StringLike: {
                'kms:EncryptionContext:SecretARN': [
                  `arn:aws:secretsmanager:${region}:123456789012:secret:jackcwf/pagerduty-critical-??????`,
                  `arn:aws:secretsmanager:${region}:123456789012:secret:jackcwf/pagerduty-ops-??????`,
                ],
              },
            },
          }),
        ]),
      }),
    });
  });

  it('leaves the policy of a secret to its region: the standby has a copy', () => {
    templateOf(jackcwf, 'standby').resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
  });

  it('is given to nobody where no receiver has PagerDuty', () => {
    const { alerts: _none, ...quiet } = jackcwf;
    const template = templateOf(quiet, 'home');
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('aps.amazonaws.com');
  });
});
