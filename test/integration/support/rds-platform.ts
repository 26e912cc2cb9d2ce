import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { AGENT, OWNER } from '../../support/fence';
import { HOME, type Place, STANDBY, until } from './places';

/** What the stacks of a platform leave in AWS, as far as its database needs it: made by the same API calls. */

export const ACCOUNT = '123456789012';
export const IDENTIFIER = 'shop-db';
export const AGENT_SECRET = 'shop/database-agent';
const PARAMETER_GROUP = 'shop-parameters';
const SUBNET_GROUP = 'shop-subnets';
const PARAMETERS = {
  'rds.force_ssl': '1',
  'cron.database_name': 'shop',
  shared_preload_libraries: 'pg_cron',
  track_commit_timestamp: '1',
  wal_keep_size: '256',
};

export const topicOf = (region: Place): string => `arn:aws:sns:${region}:${ACCOUNT}:shop-on-call`;

/** With what the failback recipe makes a replica. */
export const replicaSettings = (region: Place) => ({
  account: ACCOUNT,
  instanceClass: 'db.r6g.large',
  multiAz: false,
  subnetGroup: SUBNET_GROUP,
  parameterGroup: PARAMETER_GROUP,
  securityGroup: 'sg-database',
  keyArn: `arn:aws:kms:${region}:${ACCOUNT}:key/1`,
  monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/shop-rds-monitoring`,
  maxAllocatedStorageGib: 500,
  retentionDays: 7,
  backupWindow: '04:00-05:00',
  maintenanceWindow: 'sun:05:30-sun:06:30',
  readReplicas: [],
});

/** @returns the instance under an identifier; undefined if there is none */
export async function describeInstance(region: Place, name = IDENTIFIER): Promise<DBInstance | undefined> {
  const { DBInstances = [] } = await new RDSClient({ region }).send(new DescribeDBInstancesCommand({}));
  return DBInstances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name);
}

export const isAvailable = async (region: Place, name?: string): Promise<boolean> =>
  (await describeInstance(region, name))?.DBInstanceStatus === 'available';

/** Makes everything but the fence: groups, secrets, topics, and a primary at home. */
export async function makePlatform(): Promise<void> {
  for (const region of [HOME, STANDBY] as const) {
    await makeGroups(region);
    await makeParameters(region);
    await new SNSClient({ region }).send(new CreateTopicCommand({ Name: 'shop-on-call' }));
    // No copies: the local AWS API cannot make a copy a secret of its own, so it would never be detached.
    await new SecretsManagerClient({ region }).send(
      new CreateSecretCommand({ Name: AGENT_SECRET, SecretString: JSON.stringify(AGENT) }),
    );
  }
  await makePrimary();
}

async function makePrimary(): Promise<void> {
  await new RDSClient({ region: HOME }).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: IDENTIFIER,
      DBInstanceClass: 'db.r6g.large',
      Engine: 'postgres',
      EngineVersion: '17.5',
      AllocatedStorage: 20,
      MasterUsername: OWNER.username,
      MasterUserPassword: OWNER.password,
      DBName: 'shop',
      BackupRetentionPeriod: 7,
      DBParameterGroupName: PARAMETER_GROUP,
      DBSubnetGroupName: SUBNET_GROUP,
    }),
  );
  await until('home has a database', () => isAvailable(HOME));
}

/** Makes home's replica in the standby. */
export async function makeReplica(): Promise<void> {
  const source = await describeInstance(HOME);
  await new RDSClient({ region: STANDBY }).send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: IDENTIFIER,
      SourceDBInstanceIdentifier: source?.DBInstanceArn,
      DBParameterGroupName: PARAMETER_GROUP,
      DBSubnetGroupName: SUBNET_GROUP,
    }),
  );
  await until('the standby has a replica', () => isAvailable(STANDBY));
}

async function makeGroups(region: Place): Promise<void> {
  const ec2 = new EC2Client({ region });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }));
  await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'shop-quarantine', Description: 'Nobody', VpcId }),
  );
  await new RDSClient({ region }).send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: SUBNET_GROUP,
      DBSubnetGroupDescription: 'Of the database',
      SubnetIds: [Subnet?.SubnetId ?? ''],
    }),
  );
}

async function makeParameters(region: Place): Promise<void> {
  const client = new RDSClient({ region });
  await client.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: PARAMETER_GROUP,
      DBParameterGroupFamily: 'postgres17',
      Description: 'Of the database',
    }),
  );
  const Parameters = Object.entries(PARAMETERS).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: 'pending-reboot' as const,
  }));
  await client.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: PARAMETER_GROUP, Parameters }));
}
