import { Duration } from 'aws-cdk-lib';
import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { functionName } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { agentEnvironment, type ManagedInstance } from './agent-environment';
import { agentRunSeconds } from './agent-run';
import { STEPS } from './steps';

export interface RegionAgentProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Present with a managed database. */
  readonly instance?: ManagedInstance;
}

/** A start that comes later than this finds younger ones at work. */
const OLDEST_START_SECONDS = 60;

/**
 * The agent of a region: a function that is started every minute and looks at leadership until its time is up, so that
 * several runs overlap. A start that was missed is never made up for: neither the schedule nor Lambda tries again, and
 * both drop what is older than a minute, because a stale start must not act. There is no reserved concurrency: new
 * accounts refuse it, and runs that overlap are meant.
 */
export class RegionAgent extends Construct {
  /** Name of the function, as a reference. */
  readonly functionName: string;
  /** The schedule: what must be there before a run waits for nothing but it. */
  readonly start: CfnSchedule;

  constructor(scope: Construct, id: string, props: RegionAgentProps) {
    super(scope, id);
    const { platform, role } = props;
    const agent = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'region-agent',
      description: 'Renews the lead of its region, or takes it over',
      timeout: Duration.seconds(agentRunSeconds(platform)),
      logKey: props.logKey,
      network: props.network,
      environment: agentEnvironment(this, props),
    });
    this.functionName = agent.name;
    allowSteps(agent, platform, role);
    const invocation = new CfnEventInvokeConfig(this, 'Invocation', {
      functionName: agent.name,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: OLDEST_START_SECONDS,
    });
    this.start = this.schedule(platform, agent);
    this.start.node.addDependency(invocation);
  }

  private schedule(platform: Platform, agent: HoldfastFunction): CfnSchedule {
    const start = new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['lambda:InvokeFunction'],
      resources: [agent.arn],
    });
    const starter = new IamRole(this, 'Starter', {
      // A part of the role: the schedule may start a run at once, and its role must be allowed to by then.
      inlinePolicies: { start: new PolicyDocument({ statements: [start] }) },
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': platform.account } },
      }),
      description: `${platform.name}: starts the region agent`,
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: functionName(platform, 'region-agent'),
      description: `${platform.name}: a run of the region agent`,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: agent.arn,
        roleArn: starter.roleArn,
        input: '{}',
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: OLDEST_START_SECONDS },
      },
    });
    return schedule;
  }
}

/** The policy of the agent is the table of its steps, and nothing else. */
function allowSteps(agent: HoldfastFunction, platform: Platform, role: Role): void {
  for (const { step, actions, resources, conditions, wildcards } of STEPS) {
    const arns = resources(platform, role);
    if (actions.length === 0 || arns.length === 0) continue;
    agent.allow(actions, arns, conditions?.(platform, role));
    for (const arn of arns.filter((one) => /[*?]/.test(one))) {
      if (wildcards === undefined) throw new Error(`${step}: nobody says why ${arn} has a wildcard.`);
      agent.explainWildcard(arn, wildcards);
    }
  }
}
