import { cut } from '../cut';
import type { Notification } from '../notification';
import { headline, placeWords } from './text';

/** An event of PagerDuty's Events API v2. https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export type PagerDutyEvent =
  | { readonly routing_key: string; readonly event_action: 'resolve'; readonly dedup_key: string }
  | {
      readonly routing_key: string;
      readonly event_action: 'trigger';
      readonly dedup_key: string;
      readonly client: 'Holdfast';
      readonly payload: {
        readonly summary: string;
        readonly source: string;
        readonly severity: 'critical' | 'warning' | 'info';
        readonly timestamp?: string;
        readonly component?: string;
        readonly group: string;
        readonly custom_details: Readonly<Record<string, string>>;
      };
      readonly links: readonly { readonly href: string; readonly text: string }[];
    };

const SUMMARY_MAX = 1024;
/** An event holds 512 KiB. */
const DETAIL_MAX = 10_000;

/** What begins and what ends has the same key, so that PagerDuty makes one incident of both, and of what comes twice. */
export function pagerDutyEvent(notification: Notification, routingKey: string): PagerDutyEvent {
  const { status, severity, where, since, what, description, links, quiet, dedupKey, note } = notification;
  const same = { routing_key: routingKey, dedup_key: dedupKey };
  if (status === 'resolved') return { ...same, event_action: 'resolve' };
  const details = { what, description, runbook: links.runbook, quiet, note };
  return {
    ...same,
    event_action: 'trigger',
    client: 'Holdfast',
    payload: {
      summary: cut(`${where.platform}: ${headline(notification)}. ${what}`, SUMMARY_MAX),
      source: placeWords(where),
      severity,
      ...(since === undefined ? {} : { timestamp: since }),
      ...(where.service === undefined ? {} : { component: where.service }),
      group: where.platform,
      custom_details: Object.fromEntries(
        Object.entries(details).flatMap(([name, value]) =>
          value === undefined || value === '' ? [] : [[name, cut(value, DETAIL_MAX)]],
        ),
      ),
    },
    links: Object.entries(links).flatMap(([text, href]: [string, string | undefined]) =>
      href !== undefined && /^https?:\/\//.test(href) ? [{ href, text }] : [],
    ),
  };
}
