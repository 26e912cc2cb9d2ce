import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Role } from '../../../../lib/config/platform';
import { Database } from '../../../../lib/database/database';
import { PlatformSecrets } from '../../../../lib/security/platform-secrets';
import { bareApp, platform } from '../../../support/synth';

type Properties = Readonly<Record<string, unknown>>;

/** What the Data stack says of a database that replicates the other region's. */
export function replicaInstance(): Properties {
  const stack = new Stack(bareApp(), 'Data');
  const target = platform('prodstack');
  const { database } = target;
  if (database?.kind !== 'managed') throw new Error('The platform has no managed database.');
  const key = new Key(stack, 'Key');
  new Database(stack, 'Database', {
    platform: target,
    role: 'standby',
    database,
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupId: 'sg-1',
    key,
    logKey: key,
  });
  const [instance] = ofType(stack, 'AWS::RDS::DBInstance');
  if (!instance) throw new Error('The template has no database.');
  return instance;
}

/** What the Foundation stack says of the platform's secrets. */
export function platformSecrets(role: Role): readonly Properties[] {
  const stack = new Stack(bareApp(), 'Foundation');
  new PlatformSecrets(stack, 'Secrets', {
    platform: platform('prodstack'),
    role,
    key: new Key(stack, 'Key'),
  });
  return ofType(stack, 'AWS::SecretsManager::Secret');
}

const ofType = (stack: Stack, type: string): readonly Properties[] =>
  Object.values(Template.fromStack(stack).findResources(type)).map(
    ({ Properties }) => Properties as Properties,
  );
