import {
  AssetHashType,
  AssetStaging,
  CustomResource,
  Duration,
  FileAssetPackaging,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName, logGroup } from '../config/names';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { ownStreams } from '../security/own-streams';
import { bundle } from './bundle';

export interface HoldfastFunctionProps {
  readonly platform: Platform;
  /** Part of the physical name; also the folder below `lambda/` unless another one is named. */
  readonly name: string;
  /** Folder below `lambda/`, for a function that a region has several of. */
  readonly folder?: string;
  readonly description: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memoryMib?: number;
  /** Encrypts the logs. Without it CloudWatch's own key does (witness and Edge have no key of the platform). */
  readonly logKey?: IKey;
  /** Only for functions that talk to the database or the cache. */
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
}

/**
 * Since Node 20 Lambda no longer trusts the certificates of RDS by itself.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export const TRUSTS_RDS = { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } as const;

type Conditions = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/**
 * A function of Holdfast: bundled from its folder, with a role of its own that may write its own log group and nothing
 * else until a construct grants more. The policy is part of the role, so the function never runs before it is attached.
 */
export class HoldfastFunction extends Construct {
  readonly arn: string;
  /** Physical name, as a reference. */
  readonly name: string;
  /** Changes with the code and with nothing else. */
  readonly codeHash: string;
  private readonly policy = new PolicyDocument();
  private readonly role: Role;

  constructor(scope: Construct, id: string, props: HoldfastFunctionProps) {
    super(scope, id);
    const { platform, name, network } = props;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(platform, 'functions', name),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.logKey ? { encryptionKey: props.logKey } : {}),
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${platform.name}: function ${name}`,
      inlinePolicies: { own: this.policy },
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]);
    acknowledge(this.role, ownStreams(logs));
    if (network) this.allowNetworkInterfaces();

    const { directory, hash } = bundle(props.folder ?? name);
    this.codeHash = hash;
    const stack = Stack.of(this);
    // The same as an S3 Asset, without the bucket construct that it makes of its answer.
    const staging = new AssetStaging(this, 'Code', {
      sourcePath: directory,
      assetHashType: AssetHashType.CUSTOM,
      assetHash: hash,
    });
    const code = stack.synthesizer.addFileAsset({
      fileName: staging.relativeStagedPath(stack),
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
      sourceHash: staging.assetHash,
      displayName: `${platform.name}: ${name}`,
    });
    const lambda = new CfnFunction(this, 'Function', {
      functionName: functionName(platform, name),
      description: props.description,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      code: { s3Bucket: code.bucketName, s3Key: code.objectKey },
      role: this.role.roleArn,
      timeout: props.timeout.toSeconds(),
      memorySize: props.memoryMib ?? 256,
      loggingConfig: { logGroup: logs.logGroupName, logFormat: 'Text' },
      ...(props.environment ? { environment: { variables: props.environment } } : {}),
      ...(network
        ? {
            vpcConfig: {
              subnetIds: [...network.subnetIds],
              securityGroupIds: [...network.securityGroupIds],
            },
          }
        : {}),
    });
    this.arn = lambda.attrArn;
    this.name = lambda.ref;
  }

  /** Grants actions on named resources. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.policy.addStatements(
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
  allowOnAnyResource(actions: readonly string[], reason: string, conditions?: Conditions): void {
    this.allow(actions, ['*'], conditions);
    acknowledge(this.role, { 'AwsSolutions-IAM5[Resource::*]': reason });
  }

  /** Acknowledges a wildcard inside an ARN that is as narrow as AWS allows. */
  explainWildcard(resource: string, reason: string): void {
    acknowledge(this.role, { [`AwsSolutions-IAM5[Resource::${resource}]`]: reason });
  }

  /**
   * A custom resource that this function answers.
   * @param properties strings and lists of strings (CloudFormation makes strings of everything else)
   * @param timeout that CloudFormation waits for the answer, at most an hour
   */
  customResource(
    scope: Construct,
    id: string,
    type: string,
    properties: object,
    timeout = Duration.minutes(15),
  ): CustomResource {
    return new CustomResource(scope, id, {
      serviceToken: this.arn,
      resourceType: type,
      properties: { ...properties },
      serviceTimeout: timeout,
    });
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
