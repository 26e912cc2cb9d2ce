import type { Role as IamRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { otherRole, secretArnPattern } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { TaskRole } from '../../recovery/archive/archiver-role';
import { SIX_CHARACTERS } from '../../recovery/step-resources';
import { acknowledge } from '../../security/acknowledge';
import { ownStreams } from '../../security/own-streams';
import { BILLING } from './region-reads';

export interface CollectorRolesProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly key: IKey;
  readonly logs: LogGroup;
  readonly workspaceArn: string;
  /** ARNs of repositories of the pull-through cache. */
  readonly repositories: readonly string[];
  /** Names of secrets, without that of the platform. */
  readonly secrets: readonly string[];
}

/** `execution` is ECS's own, which starts the containers; `task` is what they may do: look, and send what they saw. */
export class CollectorRoles extends Construct {
  readonly execution: IamRole;
  readonly task: IamRole;

  constructor(scope: Construct, id: string, props: CollectorRolesProps) {
    super(scope, id);
    this.execution = this.executionRole(props);
    this.task = this.taskRole(props);
  }

  private executionRole({ platform, role, ...props }: CollectorRolesProps): IamRole {
    const region = platform.regions[role].name;
    const execution = new TaskRole(this, 'Execution', {
      platform,
      region,
      description: 'starts the collector',
    });
    execution.allow(['ecr:GetAuthorizationToken'], ['*']);
    execution.explainWildcard('*', 'ecr:GetAuthorizationToken knows no resource.');
    // The first pull in a region makes the repository and fetches the image.
    execution.allow(
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchImportUpstreamImage',
        'ecr:CreateRepository',
      ],
      props.repositories,
    );
    execution.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [props.logs.logGroupArn]);
    const secrets = props.secrets.map((secret) => secretArnPattern(platform, secret, region));
    if (secrets.length > 0) {
      execution.allow(['secretsmanager:GetSecretValue'], secrets);
      execution.allow(['kms:Decrypt'], [props.key.keyArn]);
      for (const arn of secrets) execution.explainWildcard(arn, SIX_CHARACTERS);
    }
    acknowledge(execution.role, ownStreams(props.logs));
    return execution.role;
  }

  private taskRole({ platform, role, workspaceArn }: CollectorRolesProps): IamRole {
    const region = platform.regions[role].name;
    const task = new TaskRole(this, 'Task', { platform, region, description: 'the collector of metrics' });
    task.allow(['aps:RemoteWrite'], [workspaceArn]);
    const asked = new Set([region, platform.regions[otherRole(role)].name, ...billed(role)]);
    task.allow(
      [
        'cloudwatch:GetMetricData',
        'cloudwatch:GetMetricStatistics',
        'cloudwatch:ListMetrics',
        'tag:GetResources',
      ],
      ['*'],
      { StringEquals: { 'aws:RequestedRegion': [...asked] } },
    );
    task.explainWildcard(
      '*',
      'AWS knows no resource for reading metrics and tags; a condition names the regions.',
    );
    return task.role;
  }
}

const billed = (role: Role): readonly string[] => (role === BILLING.role ? [BILLING.region] : []);
