import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { clusterName } from '../config/names';
import type { Scaling } from '../config/platform';
import type { TaskCounts } from './image-gate';
import { type Load, loadRatio } from './load-ratio';
import { evaluationPeriods, isBlind, scaleInPause, scaleInSteps } from './scaling-steps';

export interface AutoscalingProps extends Load {
  readonly counts: Pick<TaskCounts, 'min' | 'max'>;
  /** Fewest tasks as a plain number; `counts` may hold tokens. */
  readonly minReplicas: number;
}

type Metric = CfnAlarm.MetricDataQueryProperty;

/**
 * Step scaling on the load ratio, out and in, as the file's behaviour says. Target tracking would be shorter, but knows
 * neither a limit per step nor a calm time before scaling in.
 */
export class Autoscaling extends Construct {
  readonly target: CfnScalableTarget;

  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const { platform, service, scaling, counts } = props;
    this.target = new CfnScalableTarget(this, 'Target', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${clusterName(platform)}/${service.name}`,
      minCapacity: counts.min,
      maxCapacity: counts.max,
      roleArn: `arn:aws:iam::${platform.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    });
    const ratio = loadRatio(props);
    this.scaleOut(props, scaling.scaleOut, ratio);
    this.scaleIn(props, scaling.scaleIn, ratio);
  }

  private scaleOut(
    { platform, service }: AutoscalingProps,
    limits: Scaling['scaleOut'],
    ratio: Metric[],
  ): void {
    const policy = this.policy('Out', `${platform.name}-${service.name}-out`, {
      adjustmentType: 'PercentChangeInCapacity',
      minAdjustmentMagnitude: limits.replicas,
      cooldown: limits.periodSeconds,
      metricAggregationType: 'Maximum',
      stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: limits.percent }],
    });
    this.alarm(
      'High',
      `${platform.name}-${service.name}-load-high`,
      'More load than the platform file wants per task',
      policy,
      ratio,
      {
        comparisonOperator: 'GreaterThanThreshold',
        threshold: 1,
        evaluationPeriods: evaluationPeriods(limits.stabilizationSeconds),
      },
    );
  }

  private scaleIn(
    { platform, service, scaling, minReplicas }: AutoscalingProps,
    limits: Scaling['scaleIn'],
    ratio: Metric[],
  ): void {
    const { threshold, steps } = scaleInSteps(minReplicas, limits, isBlind(scaling));
    const [deepest, ...others] = steps.map(({ belowRatio, percent }) => ({
      bound: round(belowRatio - threshold),
      percent,
    }));
    if (!deepest) throw new Error(`services.${service.name}.scaling: no step to scale in`);
    let lower = deepest.bound;
    const policy = this.policy('In', `${platform.name}-${service.name}-in`, {
      adjustmentType: 'PercentChangeInCapacity',
      minAdjustmentMagnitude: 1,
      cooldown: scaleInPause(limits),
      metricAggregationType: 'Maximum',
      stepAdjustments: [
        { metricIntervalUpperBound: deepest.bound, scalingAdjustment: -deepest.percent },
        ...others.map(({ bound, percent }) => {
          const step = {
            metricIntervalLowerBound: lower,
            metricIntervalUpperBound: bound,
            scalingAdjustment: -percent,
          };
          lower = bound;
          return step;
        }),
      ],
    });
    this.alarm(
      'Low',
      `${platform.name}-${service.name}-load-low`,
      'Calm for the whole stabilisation time',
      policy,
      ratio,
      {
        comparisonOperator: 'LessThanThreshold',
        threshold,
        evaluationPeriods: evaluationPeriods(limits.stabilizationSeconds),
      },
    );
  }

  private policy(
    id: string,
    policyName: string,
    steps: CfnScalingPolicy.StepScalingPolicyConfigurationProperty,
  ): CfnScalingPolicy {
    return new CfnScalingPolicy(this, id, {
      policyName,
      policyType: 'StepScaling',
      scalingTargetId: this.target.ref,
      stepScalingPolicyConfiguration: steps,
    });
  }

  private alarm(
    id: string,
    alarmName: string,
    alarmDescription: string,
    policy: CfnScalingPolicy,
    metrics: Metric[],
    rule: {
      readonly comparisonOperator: string;
      readonly threshold: number;
      readonly evaluationPeriods: number;
    },
  ): void {
    new CfnAlarm(this, id, {
      alarmName,
      alarmDescription,
      alarmActions: [policy.ref],
      metrics,
      ...rule,
      datapointsToAlarm: rule.evaluationPeriods,
      // A service without running tasks reports nothing: that is no reason to scale.
      treatMissingData: 'notBreaching',
    });
  }
}

const round = (ratio: number): number => Math.round(ratio * 1000) / 1000;
