import { Duration, Stack } from 'aws-cdk-lib';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { Role as IamRole, ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { ENVIRONMENT, type FilesSettings } from '../../lambda/shared-files/contract';
import {
  clusterName,
  leadershipTable,
  otherRole,
  pascal,
  sharedFilesParameter,
  sharedFilesVault,
} from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { tableRegionsFrom } from '../leadership/leadership-table';
import { startOnSchedule } from '../recovery/starts';
import { acknowledge } from '../security/acknowledge';
import { protect } from '../security/protect';
import { allowSharedFiles, type Systems } from './shared-files-permissions';

export interface SharedFilesProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly key: IKey;
  readonly logKey: IKey;
}

/** Folder of the function below `lambda/`. */
export const SHARED_FILES = 'shared-files';
const BACKUP_POLICY = 'service-role/AWSBackupServiceRolePolicyForBackup';
/** As long as EFS keeps the backups that it takes by itself every day. */
const KEEP_DAYS = 35;

/** @returns names of the services whose tasks share files */
export const servicesWithFiles = ({ services }: Platform): readonly string[] =>
  services.flatMap(({ name, sharedFiles }) => (sharedFiles ? [name] : []));

/**
 * The file system of a service, as a later stack of the region names it. Not by an export: one that goes with the key in the
 * platform file would block the deployment that takes it away, because this stack is deployed before the service.
 */
export const fileSystemId = (platform: Platform, service: string): string =>
  `{{resolve:ssm:${sharedFilesParameter(platform, service)}}}`;

/**
 * A file system for each service that shares files, and the function that copies those of the region that leads to the
 * other one. Which way they are copied is run-time state like the lead itself, and in no template: a deployment after a
 * failover could otherwise turn it round and overwrite what was written since.
 */
export class SharedFiles extends Construct {
  constructor(scope: Construct, id: string, props: SharedFilesProps) {
    super(scope, id);
    const { platform, key } = props;
    const names = servicesWithFiles(platform);
    if (names.length === 0) return;
    const systems = new Map(names.map((name) => [name, this.fileSystem(platform, name, key)]));
    const vault = new CfnBackupVault(this, 'Vault', {
      backupVaultName: sharedFilesVault(platform),
      encryptionKeyArn: key.keyArn,
    });
    protect(vault, 'SharedFilesVault');
    this.copier(props, systems);
  }

  private fileSystem(platform: Platform, service: string, key: IKey): CfnFileSystem {
    const system = new CfnFileSystem(this, `FileSystem-${service}`, {
      encrypted: true,
      kmsKeyId: key.keyArn,
      performanceMode: 'generalPurpose',
      throughputMode: 'elastic',
      backupPolicy: { status: 'ENABLED' },
      fileSystemPolicy: ONLY_OVER_TLS,
      fileSystemTags: [{ key: 'Name', value: `${platform.name}-${service}` }],
    });
    protect(system, `SharedFiles${pascal(service)}`);
    const parameter = new CfnParameter(this, `Parameter-${service}`, {
      name: sharedFilesParameter(platform, service),
      description: `${platform.name}: file system of ${service} in this region`,
      type: 'String',
      value: system.ref,
    });
    parameter.overrideLogicalId(`SharedFilesParameter${pascal(service)}`);
    return system;
  }

  private copier({ platform, role, logKey }: SharedFilesProps, systems: Systems): void {
    const region = platform.regions[role].name;
    const backupRole = this.backupRole(platform);
    const copier = new HoldfastFunction(this, 'Function', {
      platform,
      name: SHARED_FILES,
      description: 'Copies the shared files of the region that leads to the other one',
      timeout: Duration.minutes(2),
      logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
        [ENVIRONMENT.settings]: Stack.of(this).toJsonString(
          filesSettings(platform, role, systems, backupRole.roleArn),
        ),
      },
    });
    allowSharedFiles(copier, { platform, role, backupRoleArn: backupRole.roleArn, systems });
    startOnSchedule(this, {
      platform,
      target: copier,
      folder: SHARED_FILES,
      what: 'the copying of shared files',
      starts: [{ expression: 'rate(1 minute)' }],
    });
  }

  /** What AWS Backup saves files with before they are overwritten. */
  private backupRole(platform: Platform): IamRole {
    const role = new IamRole(this, 'BackupRole', {
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': platform.account } },
      }),
      description: `${platform.name}: saves shared files before they are overwritten`,
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(BACKUP_POLICY)],
    });
    acknowledge(role, {
      [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${BACKUP_POLICY}]`]:
        'AWS Backup documents this policy for its role; only the function of the shared files passes it on.',
    });
    return role;
  }
}

/**
 * Whoever mounts a file system must be allowed to by its own role, and over TLS.
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
const ONLY_OVER_TLS = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'OnlyOverTls',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
};

/** @returns what the function of a region is told */
function filesSettings(platform: Platform, role: Role, systems: Systems, backupRole: string): FilesSettings {
  return {
    platform: platform.name,
    account: platform.account,
    own: platform.regions[role].name,
    other: platform.regions[otherRole(role)].name,
    cluster: clusterName(platform),
    vault: sharedFilesVault(platform),
    backupRole,
    keepDays: KEEP_DAYS,
    folders: platform.services.flatMap(({ name, replicas }) => {
      const system = systems.get(name);
      if (!system) return [];
      return [
        {
          service: name,
          fileSystem: system.ref,
          parameter: sharedFilesParameter(platform, name),
          standbyTasks: replicas.standby.desired,
        },
      ];
    }),
  };
}
