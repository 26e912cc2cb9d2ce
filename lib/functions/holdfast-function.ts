import { CfnResource, CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { SecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName, logGroup } from '../config/names';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { bundle } from './bundle';

export interface HoldfastFunctionProps {
  readonly platform: Platform;
  /** Folder below `lambda/`; also part of the physical name. */
  readonly name: string;
  readonly description: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memoryMib?: number;
  /** Encrypts the logs. Without it CloudWatch's own key does (witness and Edge have no key of the platform). */
  readonly logKey?: IKey;
  /** Only for functions that talk to the database or the cache. */
  readonly network?: { readonly vpc: IVpc; readonly securityGroups: readonly SecurityGroup[] };
}

/**
 * A function of Holdfast: bundled from its folder, with a role of its own that may write its own log group and nothing
 * else until a construct grants more.
 */
export class HoldfastFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: HoldfastFunctionProps) {
    super(scope, id);
    const { platform, name } = props;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(platform, 'functions', name),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.logKey ? { encryptionKey: props.logKey } : {}),
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${platform.name}: function ${name}`,
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [`${logs.logGroupArn}`]);
    acknowledge(this.role, {
      [`AwsSolutions-IAM5[Resource::<${logicalIdOf(logs)}.Arn>]`]:
        'The ARN of a log group ends in :*, which stands for its own log streams.',
    });
    if (props.network) this.allowNetworkInterfaces();

    const { directory, hash } = bundle(name);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(platform, name),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(directory, { assetHash: hash }),
      role: this.role,
      timeout: props.timeout,
      memorySize: props.memoryMib ?? 256,
      logGroup: logs,
      environment: { ...props.environment },
      ...(props.network ? { vpc: props.network.vpc, securityGroups: [...props.network.securityGroups] } : {}),
    });
    this.function.node.addDependency(this.role);
  }

  /** Grants actions on named resources. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Record<string, Record<string, string | string[]>>): void {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions ? { conditions } : {}),
      }),
    );
  }

  /**
   * Grants actions that AWS checks against no resource, or whose resource cannot be named beforehand.
   * @param reason why there is nothing narrower; cdk-nag's finding is acknowledged with it
   */
  allowOnAnyResource(actions: readonly string[], reason: string, conditions?: Record<string, Record<string, string | string[]>>): void {
    this.allow(actions, ['*'], conditions);
    acknowledge(this.role, { 'AwsSolutions-IAM5[Resource::*]': reason });
  }

  /** Acknowledges a wildcard inside an ARN that is as narrow as AWS allows. */
  explainWildcard(resource: string, reason: string): void {
    acknowledge(this.role, { [`AwsSolutions-IAM5[Resource::${resource}]`]: reason });
  }

  /**
   * A custom resource that this function answers.
   * @param properties strings (CloudFormation makes strings of everything)
   */
  customResource(scope: Construct, id: string, type: string, properties: Readonly<Record<string, unknown>>): CustomResource {
    const resource = new CustomResource(scope, id, {
      serviceToken: this.function.functionArn,
      resourceType: type,
      properties: { ...properties },
      serviceTimeout: Duration.minutes(15),
    });
    // The policy must be attached before the function is asked for the first time.
    resource.node.addDependency(this.role);
    return resource;
  }

  private allowNetworkInterfaces(): void {
    this.allowOnAnyResource(
      [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      'Lambda attaches functions to a VPC with these actions; AWS documents them with the resource *.',
    );
  }
}

function logicalIdOf(construct: Construct): string {
  const child = construct.node.defaultChild;
  if (!(child instanceof CfnResource)) throw new Error(`${construct.node.path} has no CloudFormation resource.`);
  return child.stack.getLogicalId(child);
}
