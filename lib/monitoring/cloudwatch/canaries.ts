import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { CfnCanary } from 'aws-cdk-lib/aws-synthetics';
import { Construct } from 'constructs';
import { ENVIRONMENT, TIMEOUT_SECONDS } from '../../../lambda/canary/contract';
import { canaryName, regionDomain } from '../../config/names';
import type { Place, Platform, Role } from '../../config/platform';
import { bundle } from '../../functions/bundle';
import { acknowledge } from '../../security/acknowledge';
import { checkedPath } from '../../traffic/checked-path';
import { type Alarm, makeAlarm } from './alarm';

/**
 * Without a browser, on Node 22.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_Nodejs.html
 */
const RUNTIME = 'syn-nodejs-4.1';
/** How often each canary runs; a run costs 0.0012 USD. */
export const CANARY_EVERY_MINUTES = 5;
const KEPT_DAYS = 14;
/** Prefix of the logs of runs. */
const RESULTS = 'canary-results';

/**
 * @returns URLs that a canary asks: the public name, and the fixed name of each region that runs tasks whoever leads;
 * none if no health path can be asked from outside
 */
export function canaryTargets(platform: Platform): string[] {
  const path = checkedPath(platform);
  if (path === undefined) return [];
  const { httpsPort } = platform.edge;
  const roles: readonly Role[] =
    platform.regions.standby.tier === 'pilot-light' ? ['home'] : ['home', 'standby'];
  return [platform.domain.name, ...roles.map((role) => regionDomain(platform, role))].map(
    (host) => `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}${path}`,
  );
}

/** @returns the alarm on the canary of a place */
export const canaryAlarm = (platform: Platform, place: Place): Alarm => ({
  name: `${place}-canary-failing`,
  says: `Asked from the ${place} region, the platform does not answer its users: two of the last three runs of the canary failed. Read in its last run which name fails; if it is the public one from everywhere, users are affected now.`,
  runbook: 'cloudwatch-alarms',
  urgency: 'page',
  namespace: 'CloudWatchSynthetics',
  metric: 'SuccessPercent',
  dimensions: { CanaryName: canaryName(platform) },
  statistic: 'Average',
  periodSeconds: CANARY_EVERY_MINUTES * 60,
  periods: 2,
  of: 3,
  threshold: 100,
  below: true,
  // Where the canary itself is gone, the other places still ask.
  silence: 'told-elsewhere',
});

/**
 * The canary of a place: a script that asks the names of the platform as a user would, under a role that may write its
 * results and nothing else.
 */
export class Canary extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly platform: Platform;
      readonly place: Place;
      /** Name of the bucket of the region that takes the logs of runs. */
      readonly resultsBucket: string;
    },
  ) {
    super(scope, id);
    const { platform, place, resultsBucket } = props;
    const canary = new CfnCanary(this, 'Canary', {
      name: canaryName(platform),
      runtimeVersion: RUNTIME,
      artifactS3Location: `s3://${resultsBucket}/${RESULTS}`,
      executionRoleArn: this.role(platform, resultsBucket).roleArn,
      code: { handler: 'index.handler', script: script() },
      schedule: { expression: `rate(${CANARY_EVERY_MINUTES} minutes)` },
      runConfig: {
        timeoutInSeconds: TIMEOUT_SECONDS,
        environmentVariables: { [ENVIRONMENT.targets]: canaryTargets(platform).join(',') },
      },
      startCanaryAfterCreation: true,
      provisionedResourceCleanup: 'AUTOMATIC',
      successRetentionPeriod: KEPT_DAYS,
      failureRetentionPeriod: KEPT_DAYS,
    });
    makeAlarm(this, { platform }, canaryAlarm(platform, place)).addResourceDependency(canary);
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html */
  private role(platform: Platform, resultsBucket: string): IamRole {
    const allow = (
      actions: string[],
      resources: string[],
      conditions?: Record<string, Record<string, string>>,
    ) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions,
        resources,
        ...(conditions ? { conditions } : {}),
      });
    const objects = `arn:aws:s3:::${resultsBucket}/${RESULTS}/*`;
    const logs = `arn:aws:logs:${Stack.of(this).region}:${platform.account}:log-group:/aws/lambda/cwsyn-${canaryName(platform)}-*`;
    const role = new IamRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${platform.name}: canary`,
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            allow(['s3:PutObject', 's3:GetObject'], [objects]),
            allow(['s3:GetBucketLocation'], [`arn:aws:s3:::${resultsBucket}`]),
            allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], [logs]),
            allow(['s3:ListAllMyBuckets'], ['*']),
            allow(['cloudwatch:PutMetricData'], ['*'], {
              StringEquals: { 'cloudwatch:namespace': 'CloudWatchSynthetics' },
            }),
          ],
        }),
      },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'Listing buckets and writing metrics are checked against no resource; a condition names the namespace of the metrics.',
      [`AwsSolutions-IAM5[Resource::${logs}]`]:
        'Synthetics ends the name of its function with an id of its own.',
      [`AwsSolutions-IAM5[Resource::${objects}]`]: 'Synthetics names the object of each run by its time.',
    });
    return role;
  }
}

/** The bundle of the function: a script of its own, without a secret and without anything of the platform in it. */
const script = (): string => readFileSync(join(bundle('canary').directory, 'index.js'), 'utf8');
