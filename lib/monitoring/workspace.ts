import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { workspaceLogs } from '../config/names';
import type { Platform } from '../config/platform';
import { protect } from '../security/protect';

/** Where a collector sends what it has read; known only within the region. */
export interface MetricsDestination {
  readonly arn: string;
  readonly remoteWriteUrl: string;
}

export interface MetricsWorkspaceProps {
  readonly platform: Platform;
  /** Encrypts the metrics. It can never be changed: another key would mean another, empty workspace. */
  readonly key: IKey;
  readonly logKey: IKey;
  /** What the alert manager does, as Amazon Managed Prometheus wants it; default: it tells nobody. */
  readonly alertManagerDefinition?: string;
}

/**
 * The region's workspace of Amazon Managed Prometheus. It comes before the services, which write to it; the rules that read
 * it come with the rest of the monitoring. Each region has its own, because AWS invents its id.
 */
export class MetricsWorkspace extends Construct implements MetricsDestination {
  readonly id: string;
  readonly arn: string;
  /** Ends with a slash; `api/v1/query` and the like follow. */
  readonly endpoint: string;
  readonly remoteWriteUrl: string;

  constructor(scope: Construct, id: string, props: MetricsWorkspaceProps) {
    super(scope, id);
    const { platform, key, logKey, alertManagerDefinition } = props;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: workspaceLogs(platform),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: logKey,
    });
    const workspace = new CfnWorkspace(this, 'Workspace', {
      alias: platform.name,
      kmsKeyArn: key.keyArn,
      workspaceConfiguration: { retentionPeriodInDays: platform.monitoring.retentionDays },
      // Rules that cannot be evaluated and messages that nobody took are told here and nowhere else.
      loggingConfiguration: { logGroupArn: logs.logGroupArn },
      ...(alertManagerDefinition === undefined ? {} : { alertManagerDefinition }),
    });
    protect(workspace, 'MetricsWorkspace');
    this.id = workspace.attrWorkspaceId;
    this.arn = workspace.attrArn;
    this.endpoint = workspace.attrPrometheusEndpoint;
    this.remoteWriteUrl = `${this.endpoint}api/v1/remote_write`;
  }
}
