import {
  DEFAULT_RECEIVER,
  type RelayReceiver,
  type RelaySettings,
} from '../../../lambda/alert-relay/contract';
import { mailTopicArn, otherRole, regionOf, secretName } from '../../config/names';
import type { Platform, Role } from '../../config/platform';

/** Lambda holds 4 KB of environment; the rest is for what else the relay is told. */
const SETTINGS_BYTES_MAX = 3500;

/**
 * Whom the relay of a region reaches, and how.
 * @throws RangeError if there are so many receivers that a function's environment cannot hold them
 */
export function relaySettings(platform: Platform, role: Role): RelaySettings {
  const { alerts } = platform;
  const region = regionOf(platform, role);
  const receivers = Object.entries(alerts?.receivers ?? { [DEFAULT_RECEIVER]: NOBODY }).map(
    ([name, receiver]) => [name, relayReceiver(platform, region, name, receiver)] as const,
  );
  const settings: RelaySettings = {
    platform: platform.name,
    region,
    role,
    peerRegion: regionOf(platform, otherRole(role)),
    onCall: alerts?.onCall ?? DEFAULT_RECEIVER,
    ...(alerts?.slackWebhook !== undefined && {
      slackWebhookSecret: secretName(platform, alerts.slackWebhook),
    }),
    receivers: Object.fromEntries(receivers),
  };
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (bytes > SETTINGS_BYTES_MAX) {
    throw new RangeError(
      `alerts.receivers: ${receivers.length} receivers take ${bytes} bytes of the relay's environment; allowed: ${SETTINGS_BYTES_MAX}. Use fewer receivers, or shorter names.`,
    );
  }
  return settings;
}

type ReceiverDocument = NonNullable<Platform['alerts']>['receivers'][string];
const NOBODY: ReceiverDocument = { email: [] };

function relayReceiver(
  platform: Platform,
  region: string,
  name: string,
  { email, slack, pagerDuty, webhook }: ReceiverDocument,
): RelayReceiver {
  return {
    ...(email.length > 0 && { mailTopicArn: mailTopicArn(platform, name, region) }),
    ...(slack !== undefined && { slackChannel: slack }),
    ...(pagerDuty !== undefined && { pagerDutySecret: secretName(platform, pagerDuty) }),
    ...(webhook !== undefined && { webhookSecret: secretName(platform, webhook) }),
  };
}
