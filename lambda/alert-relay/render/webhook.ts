import type { Notification } from '../notification';

/**
 * What a webhook gets by POST as JSON, as docs/alert-webhook.md tells its users. Fields are only ever added; a change of one that is there raises `version`. Times are
 * ISO 8601 in UTC. A message may come twice, and after a failure late: `dedupKey` is the same for everything about one
 * trouble, `id` for one message however often it comes.
 */
export interface WebhookMessage {
  readonly version: 1;
  readonly id: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: 'critical' | 'warning' | 'info';
  readonly title: string;
  readonly what: string;
  readonly description: string;
  readonly platform: string;
  readonly region: string | null;
  readonly service: string | null;
  readonly since: string | null;
  readonly receiver: string;
  readonly dedupKey: string;
  readonly links: Readonly<Record<'graph' | 'runbook' | 'silence' | 'console', string | null>>;
  /** The single alerts of a group of several. */
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly sentence: string;
    readonly region: string | null;
    readonly service: string | null;
    readonly since: string | null;
  }[];
  /** How many alerts of the group are not in the list. */
  readonly more: number;
}

export function webhookMessage(notification: Notification, id: string): WebhookMessage {
  const { where, links, since } = notification;
  return {
    version: 1,
    id,
    status: notification.status,
    severity: notification.severity,
    title: notification.title,
    what: notification.what,
    description: notification.description,
    platform: where.platform,
    region: where.region ?? null,
    service: where.service ?? null,
    since: since ?? null,
    receiver: notification.receiver,
    dedupKey: notification.dedupKey,
    links: {
      graph: links.graph ?? null,
      runbook: links.runbook ?? null,
      silence: links.silence ?? null,
      console: links.console ?? null,
    },
    alerts: notification.details.map((detail) => ({
      status: detail.status,
      sentence: detail.sentence,
      region: detail.where.region ?? null,
      service: detail.where.service ?? null,
      since: detail.since ?? null,
    })),
    more: notification.more,
  };
}
