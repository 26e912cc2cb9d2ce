import { Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { CfnResourcePolicy } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import { regionOf, secretArnPattern, secretName } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { routingOf } from './routing/model';

export interface PagerDutyAccessProps {
  readonly platform: Platform;
  readonly role: Role;
  /** Encrypts the secrets of this region. */
  readonly key: Key;
  /** Makes the secrets of the platform. */
  readonly secrets: IDependable;
}

const ALERT_MANAGER = new ServicePrincipal('aps.amazonaws.com');

/**
 * Lets the alert managers of Amazon Managed Prometheus read the routing keys of PagerDuty that receivers name. Both the
 * secret and its key must say so, or the service pages nobody and says it in one metric only (SecretFetchFailure).
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-pagerduty-permissions.html
 *
 * A workspace comes after its region's secrets, and AWS invents its id: the conditions name every workspace of the account.
 * The policy of a secret stands at home and is copied to the standby with it, so it names both regions; the key of a region
 * opens nothing but these secrets.
 */
export class PagerDutyAccess extends Construct {
  constructor(scope: Construct, id: string, { platform, role, key, secrets }: PagerDutyAccessProps) {
    super(scope, id);
    const names = pagerDutySecrets(platform);
    if (names.length === 0) return;
    const region = regionOf(platform, role);
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlertManagerToReadPagerDutyKeys',
        effect: Effect.ALLOW,
        principals: [ALERT_MANAGER],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          ...ofWorkspaces(platform, [region]),
          StringLike: {
            'kms:EncryptionContext:SecretARN': names.map((name) => secretArnPattern(platform, name, region)),
          },
        },
      }),
    );
    if (role === 'standby') return;
    for (const name of names) this.policy(platform, name).node.addDependency(secrets);
  }

  private policy(platform: Platform, name: string): CfnResourcePolicy {
    const regions = [regionOf(platform, 'home'), regionOf(platform, 'standby')];
    const document = new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'AllowAlertManager',
          effect: Effect.ALLOW,
          principals: [ALERT_MANAGER],
          actions: ['secretsmanager:GetSecretValue'],
          resources: ['*'],
          conditions: ofWorkspaces(platform, regions),
        }),
      ],
    });
    return new CfnResourcePolicy(this, name, {
      secretId: secretName(platform, name),
      resourcePolicy: document.toJSON(),
      blockPublicPolicy: true,
    });
  }
}

/** @returns secrets with routing keys that some receiver names, each once, in alphabetical order */
export const pagerDutySecrets = (platform: Platform): string[] =>
  [...new Set(routingOf(platform).receivers.flatMap(({ pagerDuty }) => pagerDuty ?? []))].sort();

const ofWorkspaces = ({ account }: Platform, regions: readonly string[]) => ({
  ArnLike: { 'aws:SourceArn': regions.map((region) => `arn:aws:aps:${region}:${account}:workspace/*`) },
  StringEquals: { 'aws:SourceAccount': account },
});
