import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Platform } from '../config/platform';

/** The hosted zone of the platform file: given by id, never looked up, so that synth needs no account. */
export function publicZone(scope: Construct, platform: Platform): IHostedZone {
  const { id, name } = platform.domain.hostedZone;
  return HostedZone.fromHostedZoneAttributes(scope, 'PublicZone', { hostedZoneId: id, zoneName: name });
}
