import { stringify } from 'yaml';
import type { Inhibition } from './inhibitions';
import { renderMatcher } from './matcher';
import type { Receiver, Route, Routing, Timing } from './model';

/** What follows the name of a receiver in a configuration: `webhook_configs` and the like. */
export type Integrations = Readonly<Record<string, readonly unknown[]>>;

/**
 * Configuration of an Alertmanager, without what only one kind of it understands.
 * @param integrations how a receiver is reached
 */
export const configurationOf = (routing: Routing, integrations: (receiver: Receiver) => Integrations) => ({
  route: {
    receiver: routing.defaultReceiver,
    group_by: routing.groupBy,
    ...timing(routing.timing),
    routes: routing.routes.map(route),
  },
  inhibit_rules: routing.inhibitions.map(inhibition),
  receivers: routing.receivers.map((receiver) => ({ name: receiver.name, ...integrations(receiver) })),
});

/**
 * The routing for any Alertmanager of the Prometheus project, each receiver as a webhook.
 * @param addressOf URL that takes the notifications of a receiver
 */
export const renderAlertmanager = (routing: Routing, addressOf: (receiver: string) => string): string =>
  toYaml(configurationOf(routing, ({ name }) => ({ webhook_configs: [{ url: addressOf(name) }] })));

export const toYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

const timing = ({ waitSeconds, intervalSeconds, repeatSeconds }: Timing) => ({
  group_wait: `${waitSeconds}s`,
  group_interval: `${intervalSeconds}s`,
  repeat_interval: `${repeatSeconds}s`,
});

const route = (one: Route) => ({
  receiver: one.receiver,
  ...(one.matchers.length > 0 && { matchers: one.matchers.map(renderMatcher) }),
  continue: one.continue,
  ...(one.groupBy !== undefined && { group_by: one.groupBy }),
  ...(one.timing !== undefined && timing(one.timing)),
});

const inhibition = ({ source, target, equal }: Inhibition) => ({
  source_matchers: source.map(renderMatcher),
  target_matchers: target.map(renderMatcher),
  equal,
});
