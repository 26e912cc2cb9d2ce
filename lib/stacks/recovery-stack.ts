import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { onCallTopic } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { FirstRecord } from '../leadership/first-record';
import { LeadershipEndpoint } from '../leadership/leadership-endpoint';
import { OnCallTopic } from '../monitoring/on-call-topic';
import type { ManagedInstance } from '../recovery/agent-environment';
import { RecoveryAlarms } from '../recovery/alarms';
import { ArchiveAlarms } from '../recovery/archive/alarms';
import { ArchiveService } from '../recovery/archive/archive-service';
import { WalArchive, type WalArchiveProps } from '../recovery/archive/wal-archive';
import { BackupAlarms } from '../recovery/backup/alarms';
import { Backup } from '../recovery/backup/backup';
import { VaultAlarms } from '../recovery/backup/vault-alarms';
import { VaultPlan } from '../recovery/backup/vault-plan';
import { DatabaseSetup } from '../recovery/database-setup';
import { DeployGuard } from '../recovery/deploy-guard';
import { RegionAgent } from '../recovery/region-agent';
import { RestoreAlarms } from '../recovery/restore/alarms';
import { Restore } from '../recovery/restore/restore';
import { RestoreDrill, type RestoreDrillProps } from '../recovery/restore/restore-drill';
import type { DataStack } from './data-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/**
 * What decides which region leads and keeps the others from writing: the fence in the database, the agent, at home the
 * first record and the first lease, in the standby the endpoint. What copies the data away and brings it back. The alarms
 * on all of it.
 */
export class RecoveryStack extends PlatformStack {
  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
      readonly data: DataStack;
    },
  ) {
    const { platform, role, foundation } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Recovery',
      description: `leadership and backups of the ${role} region`,
      holdsData: false,
    });
    const logKey = foundation.keys.operations;
    const network = {
      subnetIds: props.network.network.privateSubnets,
      securityGroupIds: [props.network.groups.functions],
    };
    const shared = { platform, role, logKey, network };
    const { topicArn } = new OnCallTopic(this, 'OnCall', {
      platform,
      name: onCallTopic(platform),
      description: `pages of the ${role} region`,
      key: logKey,
    });
    const instance = managedInstance(props);
    // Before anybody leads there is a fence; before an agent renews there is a record; services wait for the stack.
    const fence = instance && new DatabaseSetup(this, 'Database', { ...shared, instance });
    const record =
      role === 'home'
        ? new FirstRecord(this, 'FirstRecord', {
            platform,
            logKey,
            ...(fence ? { leaseEpoch: fence.leaseEpoch } : {}),
          })
        : undefined;
    const agent = new RegionAgent(this, 'Agent', { ...shared, ...(instance ? { instance } : {}) });
    if (fence) agent.start.node.addDependency(fence);
    if (record) agent.start.node.addDependency(record.record);
    if (fence) record?.waitForFirstLease(agent);
    new RecoveryAlarms(this, 'Alarms', { platform, topicArn, agentName: agent.functionName });
    this.backups(platform, role, logKey, topicArn);
    if (instance) {
      this.archive({ ...shared, instance }, topicArn);
      this.restores({ ...shared, instance, quarantine: props.network.groups.quarantine }, topicArn);
    }
    if (role === 'standby') new LeadershipEndpoint(this, 'Endpoint', { platform, place: 'standby', logKey });
    if (platform.leadership.deployGuard) new DeployGuard(this, 'DeployGuard', { platform, role, logKey });
  }

  /** What archives the log of the database, once the set-up has made its slot. */
  private archive(props: WalArchiveProps, topicArn: string): void {
    const { platform, instance } = props;
    if (!platform.backup.archive.enabled) return;
    const { functionName } = new WalArchive(this, 'WalArchive', props);
    if (platform.backup.archive.mode === 'service') new ArchiveService(this, 'ArchiveService', props);
    const { database } = instance;
    new ArchiveAlarms(this, 'ArchiveAlarms', { platform, database, topicArn, functionName });
  }

  /** What brings the database back, and rehearses it. */
  private restores(props: RestoreDrillProps, topicArn: string): void {
    const { platform, instance } = props;
    new Restore(this, 'Restore', { ...props, database: instance.database });
    const { functionName } = new RestoreDrill(this, 'RestoreDrill', props);
    new RestoreAlarms(this, 'RestoreAlarms', { platform, topicArn, functionName });
  }

  /** What copies the platform, and what pages when it does not. */
  private backups(platform: Platform, role: Role, logKey: IKey, topicArn: string): void {
    const { functionName } = new Backup(this, 'Backup', { platform, role, logKey });
    new BackupAlarms(this, 'BackupAlarms', { platform, role, topicArn, functionName });
    if (!platform.backup.vaultLock || role === 'standby') return;
    new VaultPlan(this, 'VaultPlan', { platform });
    new VaultAlarms(this, 'VaultAlarms', { platform, topicArn });
  }
}

/** The database of the region as its agent must know it; undefined without a managed one. */
function managedInstance({
  platform,
  foundation,
  network,
  data,
}: {
  readonly platform: Platform;
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
}): ManagedInstance | undefined {
  const { database } = platform;
  if (database?.kind !== 'managed' || !data.database) return undefined;
  return {
    database,
    host: data.database.instance.attrEndpointAddress,
    parameterGroup: data.database.parameterGroup,
    securityGroup: network.groups.database,
    keyArn: foundation.keys.data.keyArn,
  };
}
