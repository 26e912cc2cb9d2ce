import { DEFAULT_RECEIVER, WATCHDOG_RECEIVER } from '../../../lambda/alert-relay/contract';
import { compareText } from '../../config/canonical';
import type { Platform } from '../../config/platform';
import { INHIBITIONS, type Inhibition } from './inhibitions';
import { equals, type Matcher, oneOfValues } from './matcher';

/** Who is told. What reaches nobody (`default` of a platform without alerts) is still a receiver. */
export interface Receiver {
  readonly name: string;
  /** The relay tells it: it has addresses, a channel or a webhook, or it is Holdfast's own. */
  readonly relayed: boolean;
  /** Secret of the platform file with the routing key of a PagerDuty service, which the alert manager pages itself. */
  readonly pagerDuty?: string;
}

/** When messages about a group of alerts go out, in seconds. */
export interface Timing {
  /** The first one waits this long for others of its group. */
  readonly waitSeconds: number;
  /** Between two looks at a group that changed. */
  readonly intervalSeconds: number;
  /** What has not changed is told again after this. */
  readonly repeatSeconds: number;
}

/** One way from an alert to a receiver. */
export interface Route {
  readonly receiver: string;
  /** All must hold; none matches every alert. */
  readonly matchers: readonly Matcher[];
  /** The following routes are asked too. */
  readonly continue: boolean;
  /** Default: as at the root. */
  readonly groupBy?: readonly string[];
  readonly timing?: Timing;
}

/** Everything that an alert manager is told. Both renderings are made from it. */
export interface Routing {
  /** Gets what no route took. */
  readonly defaultReceiver: string;
  readonly groupBy: readonly string[];
  readonly timing: Timing;
  /** In the order in which they are asked. */
  readonly routes: readonly Route[];
  /** Sorted by name; each stands once. */
  readonly receivers: readonly Receiver[];
  readonly inhibitions: readonly Inhibition[];
}

/** Alert that always fires; its message feeds the heartbeat in the other region. */
export const WATCHDOG_ALERT = 'Watchdog';

/**
 * Every look at the group repeats the message: the repetition is due a little before the next look, so that no jitter makes
 * every second one skip. The alarm on the heartbeat's absence counts minutes.
 */
const WATCHDOG_TIMING: Timing = { waitSeconds: 5, intervalSeconds: 60, repeatSeconds: 50 };

const WATCHDOG_ROUTE: Route = {
  receiver: WATCHDOG_RECEIVER,
  matchers: [equals('alertname', WATCHDOG_ALERT)],
  continue: false,
  groupBy: ['alertname'],
  timing: WATCHDOG_TIMING,
};

/** What a platform without alerts uses where timing and groups must be something. */
const NO_ALERTS = {
  groupBy: ['alertname', 'component', 'severity'],
  groupWaitSeconds: 30,
  groupIntervalSeconds: 300,
  repeatSeconds: 14_400,
  routes: [],
  receivers: {},
} as const;

/**
 * Receivers and routes of a platform's file, with Holdfast's own: the watchdog's message reaches the relay before any route
 * of the file is asked, and `default` exists also where the file has no alerts.
 */
export function routingOf({ alerts }: Platform): Routing {
  const { groupBy, groupWaitSeconds, groupIntervalSeconds, repeatSeconds, routes } = alerts ?? NO_ALERTS;
  return {
    defaultReceiver: DEFAULT_RECEIVER,
    groupBy,
    timing: {
      waitSeconds: groupWaitSeconds,
      intervalSeconds: groupIntervalSeconds,
      repeatSeconds,
    },
    routes: [WATCHDOG_ROUTE, ...routes.map(routeOf)],
    receivers: receiversOf(alerts),
    inhibitions: INHIBITIONS,
  };
}

type Alerts = NonNullable<Platform['alerts']>;

function routeOf({ receiver, severity, component, team, continue: goesOn }: Alerts['routes'][number]): Route {
  return {
    receiver,
    matchers: [
      ...oneOfValues('severity', severity),
      ...oneOfValues('component', component),
      ...oneOfValues('team', team),
    ],
    continue: goesOn,
  };
}

function receiversOf(alerts: Alerts | undefined): readonly Receiver[] {
  const own: Receiver[] = [{ name: WATCHDOG_RECEIVER, relayed: true }];
  if (alerts === undefined) own.push({ name: DEFAULT_RECEIVER, relayed: true });
  const named = Object.entries(alerts?.receivers ?? {}).map(
    ([name, { email, slack, webhook, pagerDuty }]): Receiver => ({
      name,
      relayed: email.length > 0 || slack !== undefined || webhook !== undefined,
      ...(pagerDuty !== undefined && { pagerDuty }),
    }),
  );
  return [...own, ...named].sort((a, b) => compareText(a.name, b.name));
}
