import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { z } from 'zod';
import type { Platform, Service } from '../../lib/config/platform';
import { Autoscaling } from '../../lib/service/autoscaling';
import { type Formula, formula } from './metric-math';

/** A step of a policy: between two distances from the threshold of its alarm, so many percent. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly percent: number;
}

/** An alarm with the policy that it calls. */
export interface Rule {
  readonly threshold: number;
  /** Values in a row, of a minute each, that must be beyond the threshold. */
  readonly periods: number;
  readonly load: Formula;
  readonly steps: readonly Step[];
  /** Fewest tasks that a step adds or takes. */
  readonly fewest: number;
  readonly cooldownSeconds: number;
}

/** How a service is scaled in the region that leads. */
export interface Rules {
  readonly min: number;
  readonly max: number;
  readonly out: Rule;
  readonly in: Rule;
}

const alarm = z.object({
  threshold: z.number(),
  evaluationPeriods: z.int(),
  metrics: z.array(z.object({ id: z.string(), expression: z.string().optional() })),
});
const policy = z.object({
  cooldown: z.number(),
  minAdjustmentMagnitude: z.int(),
  adjustmentType: z.literal('PercentChangeInCapacity'),
  stepAdjustments: z.array(
    z.object({
      metricIntervalLowerBound: z.number().default(Number.NEGATIVE_INFINITY),
      metricIntervalUpperBound: z.number().default(Number.POSITIVE_INFINITY),
      scalingAdjustment: z.number(),
    }),
  ),
});

/**
 * The rules of a service as they are synthesized: its own alarms and policies, made in a stack of nobody.
 * @returns undefined if the service is not scaled
 */
export function rulesOf(platform: Platform, service: Service): Rules | undefined {
  const { scaling, replicas, routes } = service;
  if (!scaling) return undefined;
  const { min, max } = replicas.home;
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-rules-'));
  const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Rules');
  // Nothing is synthesized into it: the constructs themselves are read.
  rmSync(outdir, { recursive: true });
  const targetGroups = routes.length > 0 ? [new CfnTargetGroup(stack, 'Targets', {})] : [];
  const made = new Autoscaling(stack, 'Scaling', {
    platform,
    service,
    scaling,
    counts: { min, max },
    minReplicas: min,
    targetGroups,
  });
  return { min, max, out: ruleOf(stack, made, 'High', 'Out'), in: ruleOf(stack, made, 'Low', 'In') };
}

function ruleOf(stack: Stack, { node }: Autoscaling, alarmId: string, policyId: string): Rule {
  const [high, steps] = [node.findChild(alarmId), node.findChild(policyId)];
  if (!(high instanceof CfnAlarm && steps instanceof CfnScalingPolicy))
    throw new Error(`${alarmId} and ${policyId} are no alarm and no policy.`);
  const { threshold, evaluationPeriods, metrics } = alarm.parse(
    stack.resolve({
      threshold: high.threshold,
      evaluationPeriods: high.evaluationPeriods,
      metrics: high.metrics,
    }),
  );
  const { cooldown, minAdjustmentMagnitude, stepAdjustments } = policy.parse(
    stack.resolve(steps.stepScalingPolicyConfiguration),
  );
  const expression = metrics.find(({ id }) => id === 'load')?.expression;
  if (expression === undefined) throw new Error(`${alarmId} has no formula of the load.`);
  return {
    threshold,
    periods: evaluationPeriods,
    load: formula(expression),
    steps: stepAdjustments.map((step) => ({
      from: step.metricIntervalLowerBound,
      to: step.metricIntervalUpperBound,
      percent: step.scalingAdjustment,
    })),
    fewest: minAdjustmentMagnitude,
    cooldownSeconds: cooldown,
  };
}
