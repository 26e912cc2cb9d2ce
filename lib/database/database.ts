import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role as IamRole, ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CfnDBInstance,
  type CfnDBInstanceProps,
  CfnDBParameterGroup,
  CfnDBSubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import {
  databaseArn,
  databaseIdentifier,
  databaseMonitoringRole,
  readReplicaIdentifier,
  secretName,
} from '../config/names';
import type { ManagedDatabase, Platform, Role } from '../config/platform';
import { BACKUP_WINDOW, MAINTENANCE_WINDOW } from '../config/windows';
import { DATABASE_PORT } from '../network/security-groups';
import { acknowledge } from '../security/acknowledge';
import { protect } from '../security/protect';
import { databaseParameters } from './parameters';

export interface DatabaseProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly database: ManagedDatabase;
  /** Isolated subnets, one in each zone. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly key: IKey;
  readonly logKey: IKey;
}

const ENHANCED_MONITORING_INTERVAL = Duration.seconds(15);

/**
 * The database of a region: at home a Multi-AZ instance, in the standby its cross-region replica.
 *
 * Which of them is the writer is run-time state and never in a template. So the source stays in the standby's template
 * for ever: *removing* it would make CloudFormation promote the replica, and both instances have fixed identifiers that
 * the failback recipe gives to their successors. L1 constructs, because each property here is a decision.
 */
export class Database extends Construct {
  readonly instance: CfnDBInstance;
  /**
   * Where reads may go: the first read replica, or the instance itself. From a failback until home leads again, home has no
   * read replica and this name does not answer there.
   */
  readonly readHost: string;
  /** All hosts that reads may go to: each read replica, or the instance itself. */
  readonly readHosts: readonly string[];
  /** Name of the parameter group. */
  readonly parameterGroup: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { platform, role, database } = props;
    const subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupName: databaseIdentifier(platform),
      dbSubnetGroupDescription: `${platform.name}: isolated subnets of the database`,
      subnetIds: [...props.subnetIds],
    });
    const parameters = new CfnDBParameterGroup(this, 'Parameters', {
      family: `postgres${database.major}`,
      description: `${platform.name}: PostgreSQL ${database.major} with logical replication, commit timestamps and pg_cron`,
      parameters: databaseParameters(database),
    });
    this.parameterGroup = parameters.ref;
    const monitoring = this.monitoringRole(platform, platform.regions[role].name);
    const common: CfnDBInstanceProps = {
      dbParameterGroupName: parameters.ref,
      vpcSecurityGroups: [props.securityGroupId],
      engine: 'postgres',
      storageType: 'gp3',
      maxAllocatedStorage: database.storage.maxGib,
      port: String(DATABASE_PORT),
      publiclyAccessible: false,
      enableIamDatabaseAuthentication: true,
      autoMinorVersionUpgrade: false,
      caCertificateIdentifier: 'rds-ca-rsa2048-g1',
      copyTagsToSnapshot: true,
      monitoringInterval: ENHANCED_MONITORING_INTERVAL.toSeconds(),
      monitoringRoleArn: monitoring.roleArn,
      enablePerformanceInsights: true,
      performanceInsightsKmsKeyId: props.key.keyArn,
      performanceInsightsRetentionPeriod: 7,
      enableCloudwatchLogsExports: ['postgresql', 'upgrade'],
    };
    this.instance = new CfnDBInstance(this, 'Instance', {
      ...common,
      dbSubnetGroupName: subnets.ref,
      dbInstanceIdentifier: databaseIdentifier(platform),
      dbInstanceClass: database.instanceClass[role],
      multiAz: database.multiAz[role],
      storageEncrypted: true,
      kmsKeyId: props.key.keyArn,
      deletionProtection: true,
      deleteAutomatedBackups: false,
      ...(role === 'home' ? this.source(props) : this.replica(props)),
    });
    protect(this.instance, 'Database');
    if (role === 'standby') {
      // The linter's rules contradict each other here: one refuses StorageEncrypted beside a source, one demands it
      // beside a key, and a replica in another region needs both a source and a key of its own.
      this.instance.addMetadata('cfn-lint', { config: { ignore_checks: ['E3020'] } });
    }
    this.instance.node.addDependency(this.logs(props, databaseIdentifier(platform)));
    const readReplicas = role === 'home' ? this.readReplicas(props, common) : [];
    const { attrEndpointAddress: own } = this.instance;
    this.readHosts = readReplicas.length > 0 ? readReplicas.map((one) => one.attrEndpointAddress) : [own];
    this.readHost = this.readHosts[0] ?? own;
    acknowledge(this.instance, {
      'AwsSolutions-RDS11': 'The port is no secret and the database answers only its clients inside the VPC.',
      ...(database.multiAz[role]
        ? {}
        : {
            'AwsSolutions-RDS3':
              'The platform file asks for no second zone before a failover: the replica itself is the spare.',
          }),
      ...(role === 'standby'
        ? {
            'CloudFormation-Validate::F3020':
              'A replica in another region needs a key of that region, and with KmsKeyId CloudFormation demands StorageEncrypted.',
            'AwsSolutions-RDS13':
              'A replica takes no backups: RDS refuses to promote an instance that is backing up. They start with the promotion.',
          }
        : {}),
    });
  }

  private source({ platform, database }: DatabaseProps): Partial<CfnDBInstanceProps> {
    const [username, password] = ['username', 'password'].map(
      (field) => `{{resolve:secretsmanager:${secretName(platform, 'database-owner')}:SecretString:${field}}}`,
    );
    if (username === undefined || password === undefined) throw new Error('The owner has no credential.');
    return {
      engineVersion: database.version,
      dbName: database.name,
      masterUsername: username,
      masterUserPassword: password,
      allocatedStorage: String(database.storage.gib),
      backupRetentionPeriod: database.retentionDays,
      preferredBackupWindow: BACKUP_WINDOW,
      preferredMaintenanceWindow: MAINTENANCE_WINDOW.home,
    };
  }

  private replica({ platform, database }: DatabaseProps): Partial<CfnDBInstanceProps> {
    const home = platform.regions.home.name;
    return {
      sourceDbInstanceIdentifier: databaseArn(platform, home),
      sourceRegion: home,
      allocatedStorage: String(database.storage.gib),
      preferredMaintenanceWindow: MAINTENANCE_WINDOW.standby,
    };
  }

  /**
   * Copies for reads only: nothing in them is lost with them, so they are not protected. They name no subnet group: RDS
   * refuses one beside a source of the same region, and gives the replica that of its source.
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html#API_CreateDBInstanceReadReplica_Errors
   */
  private readReplicas(props: DatabaseProps, common: CfnDBInstanceProps): CfnDBInstance[] {
    const { platform, database } = props;
    return Array.from({ length: database.readReplicas }, (_, index) => {
      const identifier = readReplicaIdentifier(platform, index + 1);
      const replica = new CfnDBInstance(this, `ReadReplica${index + 1}`, {
        ...common,
        dbInstanceIdentifier: identifier,
        dbInstanceClass: database.instanceClass.home,
        sourceDbInstanceIdentifier: this.instance.ref,
        multiAz: false,
        deletionProtection: false,
      });
      replica.applyRemovalPolicy(RemovalPolicy.DESTROY);
      replica.node.addDependency(this.logs(props, identifier));
      const reason = 'A read replica in the same region holds nothing that its source does not.';
      acknowledge(replica, {
        'AwsSolutions-RDS2':
          'A replica in the same region is encrypted by the key of its source; CloudFormation refuses to repeat it.',
        'AwsSolutions-RDS3': reason,
        'AwsSolutions-RDS10': reason,
        'AwsSolutions-RDS13': reason,
        'AwsSolutions-RDS11':
          'The port is no secret and the database answers only its clients inside the VPC.',
      });
      return replica;
    });
  }

  /** RDS would make these groups itself, without encryption and without an end. */
  private logs({ logKey }: DatabaseProps, identifier: string): LogGroup {
    const group = (kind: string) =>
      new LogGroup(this, `Logs-${identifier}-${kind}`, {
        logGroupName: `/aws/rds/instance/${identifier}/${kind}`,
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
        encryptionKey: logKey,
      });
    const postgresql = group('postgresql');
    postgresql.node.addDependency(group('upgrade'));
    return postgresql;
  }

  /** Under a fixed name, because the agent hands it to the replica that it makes of a side that was left. */
  private monitoringRole(platform: Platform, region: string): IamRole {
    const policy = 'service-role/AmazonRDSEnhancedMonitoringRole';
    const role = new IamRole(this, 'MonitoringRole', {
      roleName: databaseMonitoringRole(platform, region),
      assumedBy: new ServicePrincipal('monitoring.rds.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(policy)],
    });
    acknowledge(role, {
      [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`]:
        'RDS documents this policy for enhanced monitoring; it may write the group RDSOSMetrics and nothing else.',
    });
    return role;
  }
}
