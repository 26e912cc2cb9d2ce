import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnAccessPoint, CfnMountTarget } from 'aws-cdk-lib/aws-efs';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Platform, Role, Service } from '../config/platform';
import type { RegionNetwork } from '../network/network';
import { FILES_PORT, NO_OUTBOUND } from '../network/security-groups';
import { fileSystemId } from '../storage/shared-files';

/** Folder of the file system that a service sees. Not its root: there EFS leaves what it could not bring to an end. */
const FOLDER = '/files';
const VOLUME = 'shared-files';
/** Whom files belong to where the process runs as root: EFS gives root's rights to nobody unless it is told to. */
const ORDINARY_USER = 1000;

export interface SharedFolderProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly network: RegionNetwork;
  /** Where it is in the container. */
  readonly path: string;
}

/**
 * The way of a service's tasks to the file system that they share: an entrance in each zone, a group that admits these tasks
 * only, and an access point that makes one user of all of them. All of it can be made again; what holds the files is in the
 * stack with the data.
 */
export class SharedFolder extends Construct {
  readonly volume: CfnTaskDefinition.VolumeProperty;
  readonly mountPoint: CfnTaskDefinition.MountPointProperty;
  private readonly groupId: string;
  private readonly accessPoint: CfnAccessPoint;
  private readonly fileSystemArn: string;

  constructor(scope: Construct, id: string, props: SharedFolderProps) {
    super(scope, id);
    const { platform, role, service, network } = props;
    const filesystemId = fileSystemId(platform, service.name);
    this.fileSystemArn = `arn:aws:elasticfilesystem:${platform.regions[role].name}:${platform.account}:file-system/${filesystemId}`;
    this.groupId = new CfnSecurityGroup(this, 'Group', {
      vpcId: network.vpcId,
      groupDescription: `${platform.name}: shared files of ${service.name}`,
      securityGroupEgress: NO_OUTBOUND,
    }).attrGroupId;
    for (const [index, subnetId] of network.privateSubnets.entries())
      new CfnMountTarget(this, `Target${index + 1}`, {
        fileSystemId: filesystemId,
        subnetId,
        securityGroups: [this.groupId],
      });
    const { uid, gid } = userOf(service);
    this.accessPoint = new CfnAccessPoint(this, 'AccessPoint', {
      fileSystemId: filesystemId,
      posixUser: { uid, gid },
      rootDirectory: { path: FOLDER, creationInfo: { ownerUid: uid, ownerGid: gid, permissions: '0750' } },
    });
    this.volume = {
      name: VOLUME,
      efsVolumeConfiguration: {
        filesystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: this.accessPoint.attrAccessPointId, iam: 'ENABLED' },
      },
    };
    this.mountPoint = { sourceVolume: VOLUME, containerPath: props.path, readOnly: false };
  }

  /** Lets members of a security group in. */
  admit(sourceSecurityGroupId: string): void {
    new CfnSecurityGroupIngress(this, 'FromTasks', {
      groupId: this.groupId,
      ipProtocol: 'tcp',
      fromPort: FILES_PORT,
      toPort: FILES_PORT,
      sourceSecurityGroupId,
      description: 'Tasks of the service',
    });
  }

  /** @returns what the role of the tasks needs: the files of this service, through its access point */
  access(): PolicyStatement {
    return new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
      resources: [this.fileSystemArn],
      conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': this.accessPoint.attrArn } },
    });
  }
}

function userOf({ container }: Service): { readonly uid: string; readonly gid: string } {
  const [uid = '', gid = uid] = container.user.split(':');
  const isOrdinary = /^[1-9]\d*$/.test(uid);
  return isOrdinary ? { uid, gid } : { uid: String(ORDINARY_USER), gid: String(ORDINARY_USER) };
}
