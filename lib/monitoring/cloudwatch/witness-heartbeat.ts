import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT, METRIC_NAMESPACE } from '../../../lambda/heartbeat/contract';
import type { Platform } from '../../config/platform';
import { HoldfastFunction } from '../../functions/holdfast-function';
import { startOnSchedule } from '../../recovery/starts';

const FOLDER = 'heartbeat';
const TIMEOUT = Duration.seconds(20);

/**
 * The heartbeat of the witness, into home and standby. Those two tell of each other through their alert managers; the
 * witness has none, and its loss costs the platform its next failover without anybody noticing.
 */
export class WitnessHeartbeat extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    const { home, standby, witness } = platform.regions;
    const target = new HoldfastFunction(this, 'Function', {
      platform,
      name: FOLDER,
      description: 'Tells home and standby every minute that the witness lives',
      timeout: TIMEOUT,
      environment: {
        [ENVIRONMENT.platform]: platform.name,
        [ENVIRONMENT.from]: witness.name,
        [ENVIRONMENT.to]: [home.name, standby.name].join(','),
      },
    });
    target.allowOnAnyResource(
      ['cloudwatch:PutMetricData'],
      'CloudWatch checks the writing of metrics against no resource; a condition names the namespace.',
      { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
    );
    startOnSchedule(this, {
      platform,
      target,
      folder: FOLDER,
      what: 'the heartbeat of the witness',
      starts: [{ expression: 'rate(1 minute)' }],
    });
  }
}
