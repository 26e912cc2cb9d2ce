import { parse, stringify } from 'yaml';
import type { RoadEnd } from './road-end';

type Json = Record<string, unknown>;

/**
 * The definition for Amazon Managed Prometheus as files of an Alertmanager of the Prometheus project. What is routed,
 * muted and said stays as it is; only the addresses become those of a road end on loopback, PagerDuty's keys become the
 * names of their secrets (the map that names a secret is the service's own), and seconds become shorter ones.
 */
export function onLoopback(definition: string, end: RoadEnd): Record<string, string> {
  const { template_files, alertmanager_config } = parse(definition) as {
    template_files: Record<string, string>;
    alertmanager_config: string;
  };
  const configuration = parse(alertmanager_config) as Json & {
    route: Json & { routes: Json[] };
    receivers: (Json & { sns_configs?: Json[]; pagerduty_configs?: Json[] })[];
  };
  const { route, receivers } = configuration;
  return {
    ...template_files,
    'alertmanager.yaml': stringify({
      ...configuration,
      route: { ...route, ...QUICK, routes: route.routes.map(quickened) },
      receivers: receivers.map(({ sns_configs, pagerduty_configs, ...rest }) => ({
        ...rest,
        ...(sns_configs && { sns_configs: sns_configs.map((one) => snsHere(one, end)) }),
        ...(pagerduty_configs && { pagerduty_configs: pagerduty_configs.map((one) => pagerHere(one, end)) }),
      })),
    }),
  };
}

const QUICK = { group_wait: '600ms', group_interval: '800ms' };

/** A route with its own rhythm keeps the proportions of it: a repetition is due before the next look. */
const quickened = (route: Json): Json =>
  'group_interval' in route
    ? { ...route, group_wait: '100ms', group_interval: '600ms', repeat_interval: '500ms' }
    : route;

const snsHere = (config: Json, { snsUrl }: RoadEnd): Json => ({
  ...config,
  api_url: snsUrl,
  sigv4: { ...(config.sigv4 as Json), access_key: 'loopback', secret_key: 'loopback' },
});

function pagerHere(config: Json, { pagerDutyUrl }: RoadEnd): Json {
  const { aws_secrets_manager: secret } = config.routing_key as {
    aws_secrets_manager: { secret_arn: string };
  };
  return { ...config, routing_key: secret.secret_arn.split(':secret:')[1], url: pagerDutyUrl };
}
