import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../lambda/prober/contract';
import type { Platform } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { applicationUrl } from '../traffic/checked-path';

/** It gives an application 3 s; the rest is for its own start. */
const TIMEOUT = Duration.seconds(10);

/**
 * Looks from the witness whether the application of a side answers: an agent asks it, to tell a side that is down from
 * one that it only cannot reach itself. Outside of any VPC, because it sees what users see.
 */
export class Prober extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    const { platform } = props;
    new HoldfastFunction(this, 'Function', {
      platform,
      name: 'prober',
      description: 'Looks whether the applications of home and standby answer',
      timeout: TIMEOUT,
      environment: {
        [ENVIRONMENT.homeUrl]: applicationUrl(platform, 'home'),
        [ENVIRONMENT.standbyUrl]: applicationUrl(platform, 'standby'),
      },
    });
  }
}
