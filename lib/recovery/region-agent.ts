import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { agentEnvironment, type ManagedInstance } from './agent-environment';
import { agentRunSeconds } from './agent-run';
import { startOnSchedule } from './starts';
import { STEPS } from './steps';

export interface RegionAgentProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Present with a managed database. */
  readonly instance?: ManagedInstance;
}

/**
 * The agent of a region: a function that is started every minute and looks at leadership until its time is up, so that
 * several runs overlap, as is meant.
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
    const [start] = startOnSchedule(this, {
      platform,
      target: agent,
      folder: 'region-agent',
      what: 'the region agent',
      starts: [{ expression: 'rate(1 minute)' }],
    });
    if (!start) throw new Error('The agent has no schedule.');
    this.start = start;
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
