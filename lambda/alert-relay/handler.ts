import { randomInt } from 'node:crypto';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { topicMail } from './aws/mail';
import { measure } from './aws/metrics';
import { peerMetrics } from './aws/peer';
import { ownSecrets } from './aws/secrets';
import { web } from './aws/web';
import { ENVIRONMENT, NO_GRAFANA, type RelaySettings } from './contract';
import type { Means } from './deliver/deliver';
import { SecretCache } from './deliver/secret-cache';
import { type QueueRecord, relay } from './relay';

/** Time kept to say what became of the messages, in milliseconds. */
const REPORT_MS = 2_000;
const CHANCE = 2 ** 32;

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** Kept from one run to the next with the values of the secrets that it has read. */
let kept: { readonly means: Means; readonly grafana: string | undefined } | undefined;

/** A start is a handful of messages of one queue; the answer names those that the queue must bring again. */
export async function handler(
  event: { readonly Records: readonly QueueRecord[] },
  context: { getRemainingTimeInMillis(): number },
): Promise<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }> {
  const deadline = systemClock.monotonic() + context.getRemainingTimeInMillis() - REPORT_MS;
  kept ??= make();
  const { means, grafana } = kept;
  const run = { means, grafana, deadline, clock: systemClock, log };
  const { failed, delivered, heartbeatsFailed } = await relay(event.Records, run);
  const values = { delivered, failed: failed.length, heartbeatsFailed };
  measure(means.settings.platform, values, systemClock, log);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function make(): { readonly means: Means; readonly grafana: string | undefined } {
  const environment = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(environment.settings) as RelaySettings;
  const world = {
    web,
    secrets: ownSecrets(systemClock),
    mail: topicMail(systemClock),
    peer: peerMetrics(settings, systemClock),
    dice: { roll: () => randomInt(CHANCE) / CHANCE },
  };
  const secrets = new SecretCache(world.secrets, systemClock);
  const { pagerDutyUrl, grafanaUrl } = environment;
  return {
    means: { settings, pagerDutyUrl, world, secrets, clock: systemClock },
    grafana: grafanaUrl === NO_GRAFANA ? undefined : grafanaUrl,
  };
}
