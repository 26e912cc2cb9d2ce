import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  type Asked,
  ENVIRONMENT,
  METRIC_NAMESPACE,
  METRICS,
  type Order,
} from '../../lambda/deep-health/contract';
import { clusterName } from '../config/names';
import type { Platform, Service } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { startOnSchedule } from '../recovery/starts';
import { type Alarm, makeAlarms } from './cloudwatch/alarm';

const FOLDER = 'deep-health';
/** Time that a run has beside the slowest answer that it waits for, in seconds: for the questions to ECS. */
const BESIDE_ANSWERS_SECONDS = 20;
/** A service without a health check of its own gives its new tasks this long. */
const GRACE_SECONDS = 60;
/** Bad rounds in a row until somebody is told; there is one a minute. */
export const DEEP_HEALTH_FAILURES = 3;

/** What the function is told to ask in a region: each service of the file with a deep path. */
export const askedDeeply = ({ services }: Pick<Platform, 'services'>): readonly Asked[] =>
  services.flatMap((service) => asked(service) ?? []);

function asked({ name, deepHealth, health }: Service): Asked | undefined {
  if (!deepHealth) return undefined;
  return {
    service: name,
    port: deepHealth.containerPort,
    path: deepHealth.path,
    timeoutSeconds: deepHealth.timeoutSeconds,
    graceSeconds: health?.graceSeconds ?? GRACE_SECONDS,
  };
}

/** @returns one alarm for each service with a deep path, which is about its region alone */
export const deepHealthAlarms = (platform: Platform): Alarm[] =>
  askedDeeply(platform).map(({ service, path }) => ({
    name: `${service}-deep-health`,
    says: `Tasks of ${service} run and say at ${path} that they cannot do their work, for ${DEEP_HEALTH_FAILURES} minutes; or nobody could ask them. Nothing is replaced and no traffic moves for it. Look in /holdfast/${platform.name}/functions/${FOLDER} which task answers what, then ask that path for the part that fails.`,
    runbook: 'cloudwatch-alarms',
    urgency: 'morning',
    namespace: METRIC_NAMESPACE,
    metric: METRICS.failing,
    dimensions: { Platform: platform.name, Service: service },
    statistic: 'Maximum',
    periodSeconds: 60,
    periods: DEEP_HEALTH_FAILURES,
    of: DEEP_HEALTH_FAILURES,
    threshold: 1,
    // Also a service without a task has a value, so silence is that of the function.
    silence: 'trouble',
  }));

export interface DeepHealthProps {
  readonly platform: Platform;
  readonly region: string;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
}

/**
 * Asks the deep path of the tasks of a region once a minute, and alarms. It stands among the tasks and asks each at its own
 * address: so it tells of its own region whoever leads, of tasks and not of the way to them, and nobody outside can ask.
 */
export class DeepHealth extends Construct {
  constructor(scope: Construct, id: string, props: DeepHealthProps) {
    super(scope, id);
    const { platform } = props;
    const services = askedDeeply(platform);
    const slowest = Math.max(...services.map(({ timeoutSeconds }) => timeoutSeconds));
    const target = new HoldfastFunction(this, 'Function', {
      platform,
      name: FOLDER,
      description: 'Asks the tasks of the region whether they can do their work',
      timeout: Duration.seconds(slowest + BESIDE_ANSWERS_SECONDS),
      environment: {
        [ENVIRONMENT.platform]: platform.name,
        [ENVIRONMENT.cluster]: clusterName(platform),
      },
      logKey: props.logKey,
      network: props.network,
    });
    this.allowLooking(target, props);
    const order: Order = { services };
    startOnSchedule(this, {
      platform,
      target,
      folder: FOLDER,
      what: 'the questions for deep health',
      starts: [{ expression: 'rate(1 minute)', input: order }],
    });
    makeAlarms(this, { platform }, deepHealthAlarms(platform));
  }

  private allowLooking(target: HoldfastFunction, { platform, region }: DeepHealthProps): void {
    const { account } = platform;
    const cluster = clusterName(platform);
    target.allowOnAnyResource(
      ['ecs:ListTasks'],
      'AWS knows no resource for it; the condition names the cluster.',
      { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${region}:${account}:cluster/${cluster}` } },
    );
    const tasks = `arn:aws:ecs:${region}:${account}:task/${cluster}/*`;
    target.allow(['ecs:DescribeTasks'], [tasks]);
    target.explainWildcard(tasks, 'ECS makes the ids of tasks; the cluster is named.');
  }
}
