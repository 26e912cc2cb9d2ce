import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { functionName } from '../config/names';
import type { Platform } from '../config/platform';
import type { HoldfastFunction } from '../functions/holdfast-function';

/** When a function is started by itself. */
export interface Start {
  /** Tells several starts of one function apart, in the name of the schedule. */
  readonly name?: string;
  /** As EventBridge Scheduler takes it: `rate(1 minute)` or `cron(0 2 * * ? *)`, in UTC. */
  readonly expression: string;
  readonly input?: object;
}

export interface StartsProps {
  readonly platform: Platform;
  readonly target: HoldfastFunction;
  /** Folder of the function below `lambda/`. */
  readonly folder: string;
  /** What is started, for a person: `the region agent`. */
  readonly what: string;
  readonly starts: readonly Start[];
}

/** A start that comes later than this is dropped: those that follow do its work. AWS allows no less. */
export const OLDEST_START_SECONDS = 60;

/**
 * Starts a function on schedules. A start that was missed is never made up for: neither the schedule nor Lambda tries
 * again, and both drop what is older than a minute, because each run does whatever is due and a stale one must not act.
 * There is no reserved concurrency: new accounts refuse it, and the functions bear to run twice at once.
 * @returns the schedules; what must be there before a first run is what they have to wait for
 */
export function startOnSchedule(scope: Construct, props: StartsProps): readonly CfnSchedule[] {
  const { platform, target, folder, what, starts } = props;
  const invocation = new CfnEventInvokeConfig(scope, 'Invocation', {
    functionName: target.name,
    qualifier: '$LATEST',
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: OLDEST_START_SECONDS,
  });
  const start = new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['lambda:InvokeFunction'],
    resources: [target.arn],
  });
  const starter = new IamRole(scope, 'Starter', {
    // A part of the role: the schedule may start a run at once, and its role must be allowed to by then.
    inlinePolicies: { start: new PolicyDocument({ statements: [start] }) },
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': platform.account } },
    }),
    description: `${platform.name}: starts ${what}`,
  });
  return starts.map(({ name, expression, input }) => {
    const ending = name === undefined ? '' : `-${name}`;
    const schedule = new CfnSchedule(scope, `Schedule${ending}`, {
      name: functionName(platform, `${folder}${ending}`),
      description: `${platform.name}: a run of ${what}`,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: target.arn,
        roleArn: starter.roleArn,
        input: JSON.stringify(input ?? {}),
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: OLDEST_START_SECONDS },
      },
    });
    schedule.node.addDependency(invocation);
    return schedule;
  });
}
