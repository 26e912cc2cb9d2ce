import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { COLLECTOR_IMAGE, FILES_IMAGE } from '../config/image';
import {
  bucketName,
  commandLogs,
  fileSecret,
  pullThroughPrefix,
  repositoryName,
  secretArnPattern,
} from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import type { MetricsDestination } from '../monitoring/workspace';
import { SQS_ACTIONS, sqsArnsOf } from '../queue/access';
import { acknowledge } from '../security/acknowledge';
import { ownStreams } from '../security/own-streams';
import { filesOf } from './configuration-files';
import { cachedRepositoryArn } from './pull-through-cache';
import type { SharedFolder } from './shared-folder';
import { secretsOf } from './task-environment';

export interface TaskRolesProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly key: IKey;
  readonly logs: LogGroup;
  /** Where the collector beside the application sends metrics; without it there is no collector. */
  readonly workspace?: MetricsDestination;
  /** Files that all of its tasks share. */
  readonly folder?: SharedFolder;
}

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions */
const CHANNELS = [
  'logs:DescribeLogGroups',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];
/** The first pull in a region makes the repository and fetches the image. */
const PULL_THROUGH = [...PULL, 'ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'];

/**
 * Two roles of a service: `execution` is ECS's own, to pull the image, read the secrets and open the log; `task` is the
 * application's, which sees its buckets, queues and shared files, and the collector's, which writes to the workspace of the region.
 */
export class TaskRoles extends Construct {
  readonly execution: IamRole;
  readonly task: IamRole;

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    this.execution = this.executionRole(props);
    this.task = this.taskRole(props);
  }

  private executionRole({ platform, role, service, key, logs, workspace }: TaskRolesProps): IamRole {
    const region = platform.regions[role].name;
    const policy = new PolicyDocument();
    const execution = this.role('Execution', platform, region, policy);
    const grant = granter(policy);
    grant(['ecr:GetAuthorizationToken'], ['*']);
    acknowledge(execution, {
      'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resource.',
    });
    const repository = (name: string) => `arn:aws:ecr:${region}:${platform.account}:repository/${name}`;
    if (service.image.kind === 'own') {
      grant(PULL, [repository(repositoryName(platform, service.image.repository))]);
    } else {
      const { registry, repository: name } = service.image;
      grant(PULL_THROUGH, [repository(`${pullThroughPrefix(platform, registry)}/${name}`)]);
    }
    if (workspace) grant(PULL_THROUGH, [cachedRepositoryArn(platform, region, COLLECTOR_IMAGE)]);
    const files = filesOf(platform, service).map(({ name }) => fileSecret(name));
    if (files.length > 0) grant(PULL_THROUGH, [cachedRepositoryArn(platform, region, FILES_IMAGE)]);
    grant(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]);
    acknowledge(execution, ownStreams(logs));
    const secrets = [...secretsOf(service), ...files].map((secret) =>
      secretArnPattern(platform, secret, region),
    );
    if (secrets.length > 0) {
      grant(['secretsmanager:GetSecretValue'], secrets);
      grant(['kms:Decrypt'], [key.keyArn]);
      for (const arn of secrets) {
        acknowledge(execution, {
          [`AwsSolutions-IAM5[Resource::${arn}]`]:
            'Secrets Manager ends the ARN of a secret in six characters of its own.',
        });
      }
    }
    return execution;
  }

  private taskRole({ platform, role, service, key, workspace, folder }: TaskRolesProps): IamRole {
    const region = platform.regions[role].name;
    const queues = sqsArnsOf(platform, role, service);
    const isIdle = service.buckets.length + queues.length === 0 && !workspace && !service.exec && !folder;
    if (isIdle) return this.role('Task', platform, region);
    const policy = new PolicyDocument();
    const task = this.role('Task', platform, region, policy);
    const grant = granter(policy);
    if (workspace) grant(['aps:RemoteWrite'], [workspace.arn]);
    if (queues.length > 0) grant([...SQS_ACTIONS], queues);
    if (service.buckets.length + queues.length > 0)
      grant(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    if (service.exec) takeCommands(task, grant, platform, region);
    if (folder) policy.addStatements(folder.access());
    if (service.buckets.length === 0) return task;
    const buckets = service.buckets.map((name) => `arn:aws:s3:::${bucketName(platform, name, region)}`);
    const objects = buckets.map((arn) => `${arn}/*`);
    grant(['s3:ListBucket'], buckets);
    grant(['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], objects);
    for (const arn of objects) {
      acknowledge(task, {
        [`AwsSolutions-IAM5[Resource::${arn}]`]:
          'The platform file gives the service every object of this bucket.',
      });
    }
    return task;
  }

  /** Only tasks of this account and region may take the role. */
  private role(id: string, platform: Platform, region: string, policy?: PolicyDocument): IamRole {
    return new IamRole(this, id, {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': platform.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${platform.account}:*` },
        },
      }),
      // Part of the role, so that no task ever starts before it is attached.
      ...(policy ? { inlinePolicies: { own: policy } } : {}),
    });
  }
}

/** What the agent of ECS Exec needs: channels to Session Manager, and the log of the sessions. */
function takeCommands(
  task: IamRole,
  grant: ReturnType<typeof granter>,
  platform: Platform,
  region: string,
): void {
  const log = `arn:aws:logs:${region}:${platform.account}:log-group:${commandLogs(platform)}:*`;
  grant(CHANNELS, ['*']);
  grant(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [log]);
  acknowledge(task, {
    'AwsSolutions-IAM5[Resource::*]':
      'The channels of Session Manager and the listing of log groups know no resource.',
    [`AwsSolutions-IAM5[Resource::${log}]`]: 'Each session has a stream of its own in this one log group.',
  });
}

const granter = (policy: PolicyDocument) => (actions: string[], resources: string[]) =>
  policy.addStatements(new PolicyStatement({ effect: Effect.ALLOW, actions, resources }));
