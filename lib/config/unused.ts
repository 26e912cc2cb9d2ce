import type { PlatformDocument } from './schema/platform';
import { queuesOf } from './service-queues';

/**
 * @returns one sentence for each secret, bucket and queue that nothing in the file reads, and one if alerts reach nobody: legal,
 *   but most likely forgotten
 */
export function unused(document: PlatformDocument): string[] {
  const { services, alerts, database } = document;
  const secrets = new Set<string | undefined>([
    ...Object.values(services).flatMap((s) => Object.values(s.secrets).map((ref) => ref.split('.')[0])),
    ...Object.values(alerts?.receivers ?? {}).flatMap((r) => [r.pagerDuty, r.webhook]),
    alerts?.slackWebhook,
    database?.kind === 'external' ? database.secret : undefined,
  ]);
  const buckets = new Set(Object.values(services).flatMap((s) => s.buckets));
  return [
    ...(alerts === undefined ? ['alerts: the file has none; no alert and no alarm reaches anybody.'] : []),
    ...Object.keys(document.secrets)
      .filter((name) => !secrets.has(name))
      .map((name) => `secrets.${name}: nothing in the file uses it.`),
    ...Object.keys(document.buckets)
      .filter((name) => !buckets.has(name))
      .map((name) => `buckets.${name}: no service uses it.`),
    ...Object.keys(document.queues)
      .filter((name) => !Object.values(services).some((service) => queuesOf(service, [name]).length > 0))
      .map((name) => `queues.${name}: no service uses it.`),
  ].sort();
}
