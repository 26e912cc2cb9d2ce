import { alertsTopicArn, regionOf, secretName } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { configurationOf, type Integrations, toYaml } from './alertmanager';
import { checkLimits } from './limits';
import { type Receiver, routingOf } from './model';
import { call, templatesOf } from './template';

/** Key of the only file of templates. */
const TEMPLATE_FILE = 'holdfast';

/** Field of the secret in which a person puts the routing key: the alert manager reads one field of a JSON object. */
export const ROUTING_KEY_FIELD = 'routing_key';

/**
 * Definition of the alert manager of a region, for `AWS::APS::Workspace`.
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-config.html
 * @returns YAML; every name in it is known at synth
 * @throws AlertManagerLimitError if the service would refuse it
 */
export function alertManagerDefinition(platform: Platform, role: Role): string {
  const region = regionOf(platform, role);
  const routing = routingOf(platform);
  const configuration = configurationOf(routing, (receiver) => ({
    ...sns(platform, region, receiver),
    ...pagerDuty(platform, region, receiver),
  }));
  const definition = toYaml({
    template_files: { [TEMPLATE_FILE]: templatesOf(platform, region) },
    alertmanager_config: toYaml({ templates: [TEMPLATE_FILE], ...configuration }),
  });
  checkLimits(routing, definition);
  return definition;
}

/** https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-config.html */
function sns(platform: Platform, region: string, { name, relayed }: Receiver): Integrations {
  if (!relayed) return {};
  return {
    sns_configs: [
      {
        topic_arn: alertsTopicArn(platform, region),
        sigv4: { region },
        subject: call('subject'),
        message: call('message'),
        // Queues choose by it which messages they take.
        attributes: { receiver: name },
      },
    ],
  };
}

/** https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-pagerduty.html */
function pagerDuty(platform: Platform, region: string, { pagerDuty: secret }: Receiver): Integrations {
  if (secret === undefined) return {};
  return {
    pagerduty_configs: [
      {
        routing_key: {
          aws_secrets_manager: {
            secret_arn: secretByName(platform, secret, region),
            secret_key: ROUTING_KEY_FIELD,
            refresh_interval: '5m',
          },
        },
        client: `Holdfast ${platform.name} ${region}`,
        description: call('title'),
        severity: call('severity'),
        class: '{{ .CommonLabels.alertname }}',
        component: '{{ .CommonLabels.component }}',
        group: platform.name,
        details: DETAILS,
      },
    ],
  };
}

/** What the person who is woken reads beside the title. */
const DETAILS = {
  firing: '{{ len .Alerts.Firing }}',
  team: '{{ .CommonLabels.team }}',
  service: '{{ .CommonLabels.service }}',
  description: '{{ with .Alerts.Firing }}{{ (index . 0).Annotations.description }}{{ end }}',
  runbook: '{{ .CommonAnnotations.runbook_url }}',
  panel: '{{ .CommonAnnotations.panel }}',
  since: '{{ with .Alerts }}{{ (index . 0).StartsAt.UTC.Format "2006-01-02 15:04:05 UTC" }}{{ end }}',
};

/**
 * A secret without the six characters that Secrets Manager adds: they are not known at synth, and a platform file may not
 * use names that end so.
 */
const secretByName = (platform: Platform, secret: string, region: string): string =>
  `arn:aws:secretsmanager:${region}:${platform.account}:secret:${secretName(platform, secret)}`;
