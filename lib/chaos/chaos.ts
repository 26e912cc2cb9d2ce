import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { Construct, type IDependable } from 'constructs';
import { alarmName, otherRole } from '../config/names';
import { heartbeatSymptom } from '../monitoring/cloudwatch/heartbeats';
import { LEADERSHIP_SYMPTOM } from '../recovery/alarms';
import { ENTRANCE_SYMPTOM } from '../traffic/balancer-alarms';
import { ExperimentRole } from './experiment-role';
import { type Action, actionsOf, type Place } from './experiments';
import { SCENARIO_TAG, type Scenario, scenariosOf, templateName } from './scenarios';

export interface ChaosProps extends Place {
  readonly vpcId: string;
  /** The alarms on the silence of the other regions, which the experiments name. */
  readonly heartbeats: IDependable;
}

/**
 * Templates of experiments of AWS FIS for a region. They cost nothing until one is run, by `npx holdfast chaos run`. Each
 * stops by itself when its alarm goes off, and FIS then puts back what it had changed: one after which nobody is to move
 * stops when users get errors or nobody can write; one that takes the region away stops when the region that shall take
 * over, or the witness, falls silent.
 */
export class Chaos extends Construct {
  constructor(scope: Construct, id: string, props: ChaosProps) {
    super(scope, id);
    const { platform, role } = props;
    const scenarios = scenariosOf(platform, role);
    const { arn: roleArn } = new ExperimentRole(this, 'Role', {
      ...props,
      scenarios: scenarios.map(({ name }) => name),
    });
    for (const scenario of scenarios) this.template(props, scenario, roleArn);
  }

  private template(props: ChaosProps, scenario: Scenario, roleArn: string): void {
    const { platform } = props;
    const actions = actionsOf(props, scenario);
    const template = new CfnExperimentTemplate(this, scenario.name, {
      description: `${platform.name}: ${scenario.does}`.slice(0, 512),
      roleArn,
      stopConditions: stopAlarms(props, scenario).map((value) => ({ source: 'aws:cloudwatch:alarm', value })),
      actions: Object.fromEntries(actions.map((action) => [action.name, actionOf(action)])),
      targets: Object.fromEntries(actions.map((action) => [action.name, targetOf(action)])),
      experimentOptions: {
        accountTargeting: 'single-account',
        // A database or a cache may have nothing in the zone that is lost.
        emptyTargetResolutionMode: scenario.name === 'zone-loss' ? 'skip' : 'fail',
      },
      tags: {
        Name: templateName(platform, scenario.name),
        'holdfast:platform': platform.name,
        [SCENARIO_TAG]: scenario.name,
      },
    });
    template.node.addDependency(props.heartbeats);
  }
}

/** ARNs of the alarms that stop an experiment. */
export function stopAlarms({ platform, role }: Place, { moves }: Scenario): string[] {
  const region = platform.regions[role].name;
  const others = [platform.regions[otherRole(role)].name, platform.regions.witness.name];
  const names = moves
    ? others.map((other) => heartbeatSymptom(other).name)
    : [ENTRANCE_SYMPTOM.name, LEADERSHIP_SYMPTOM.name];
  return names.map(
    (name) => `arn:aws:cloudwatch:${region}:${platform.account}:alarm:${alarmName(platform, name)}`,
  );
}

const actionOf = ({ name, actionId, parameters, kind }: Action) => ({
  actionId,
  parameters: { ...parameters },
  targets: { [kind]: name },
});

const targetOf = ({ target }: Action): CfnExperimentTemplate.ExperimentTemplateTargetProperty => ({
  resourceType: target.resourceType,
  selectionMode: target.selectionMode,
  ...(target.resourceArns ? { resourceArns: [...target.resourceArns] } : {}),
  ...(target.resourceTags ? { resourceTags: { ...target.resourceTags } } : {}),
  ...(target.parameters ? { parameters: { ...target.parameters } } : {}),
});
