/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** JSON: `RelaySettings`. */
  settings: 'RELAY_SETTINGS',
  /** Where events for PagerDuty go. */
  pagerDutyUrl: 'PAGERDUTY_URL',
  /** Address of the region's Grafana, without a slash at its end; `none` without one. */
  grafanaUrl: 'GRAFANA_URL',
} as const;

/** In place of the address of Grafana. */
export const NO_GRAFANA = 'none';

/** Name of the data source in Grafana under which the alert manager of a region stands: silences are made there. */
export const GRAFANA_ALERT_MANAGER = 'holdfast-alertmanager';

/** https://developer.pagerduty.com/docs/events-api-v2/overview */
export const PAGERDUTY_EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';

/** Receiver of the alert that always fires. It reaches nobody: it becomes a heartbeat in the other region. */
export const WATCHDOG_RECEIVER = 'holdfast-watchdog';

/** What a message has whose receiver the settings do not know. */
export const DEFAULT_RECEIVER = 'default';

/**
 * Ways out. Each has a queue of its own behind the same topics, so that a message exists once for each of them: what one
 * way out refuses is tried again on that one alone, and takes nothing from the others.
 */
export const CHANNELS = ['slack', 'mail', 'webhook', 'pager-duty', 'heartbeat'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Name of the queue of a channel; the function tells by it which channel a message is for. */
export const relayQueue = (platform: string, channel: Channel): string => `${platform}-relay-${channel}`;
/** Where every queue leaves what could not be delivered. */
export const relayDeadLetters = (platform: string): string => `${platform}-relay-dead`;

/** How one receiver of the platform file is reached from a region. */
export interface RelayReceiver {
  /** Topic of the own region with the addresses. */
  readonly mailTopicArn?: string;
  /** For example `#alerts`. */
  readonly slackChannel?: string;
  /** Name of the secret with the routing key: the plain key, or JSON with the field `routing_key`. */
  readonly pagerDutySecret?: string;
  /** Name of the secret with the URL: the plain URL, or JSON with the field `url`. */
  readonly webhookSecret?: string;
}

/** Who is reached from a region, and how. */
export interface RelaySettings {
  readonly platform: string;
  /** Name of the relay's own region. */
  readonly region: string;
  readonly role: 'home' | 'standby';
  /** Name of the region that gets the heartbeats. */
  readonly peerRegion: string;
  /** Receiver that alarms of CloudWatch page. */
  readonly onCall: string;
  /**
   * Name of the secret with the URL of the Slack webhook: the plain URL, or JSON with the field `url`. Webhooks of today's
   * Slack apps post to one channel only: JSON may have a field for each channel, `{"#database": "https://..."}`.
   */
  readonly slackWebhookSecret?: string;
  /** Receivers of the platform file by their names, always with `default`. */
  readonly receivers: Readonly<Record<string, RelayReceiver>>;
}

/** CloudWatch metrics, in the namespace and with the dimension `Platform`; written as embedded metrics into the log. */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /** Messages that a channel has taken. */
  delivered: 'RelayDelivered',
  /** Messages that a channel has not taken in a run; their queue brings them again, or gives them up. */
  failed: 'RelayFailed',
  /** Heartbeats that the other region has not taken in a run. */
  heartbeatsFailed: 'RelayHeartbeatsFailed',
} as const;

/** Written into the other region for each firing of the watchdog, with the dimensions `Platform` and `From` (a region). */
export const HEARTBEAT_METRIC = 'PeerHeartbeat';
