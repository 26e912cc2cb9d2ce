import { z } from 'zod';
import { COMPONENTS, SEVERITIES, TEAMS } from '../alert-words';
import { seconds, slug } from './primitives';

const receiver = z.strictObject({
  email: z.array(z.email()).default([]).describe('Addresses.'),
  slack: z
    .string()
    .regex(/^#[a-z0-9_-]{1,79}$/, 'a Slack channel, for example #alerts')
    .optional()
    .describe('Channel; needs `slackWebhook`.'),
  pagerDuty: slug(40)
    .optional()
    .describe('Secret with the routing key of a PagerDuty service, as JSON: {"routing_key": "..."}.'),
  webhook: slug(40).optional().describe('Secret with the URL of a webhook.'),
});

const route = z.strictObject({
  receiver: slug(40).describe('Name of a receiver.'),
  severity: z.array(z.enum(SEVERITIES)).default([]).describe('Only these severities.'),
  component: z.array(z.enum(COMPONENTS)).default([]).describe('Only these parts.'),
  team: z.array(z.enum(TEAMS)).default([]).describe('Only alerts of these teams.'),
  continue: z
    .boolean()
    .default(false)
    .describe('Look at the following routes too; `default` gets only what no route took.'),
});

const alertName = z
  .string()
  .max(60)
  .regex(/^[A-Z][A-Za-z0-9]+$/, 'name of an alert, for example HighErrorRate');

const rule = z.strictObject({
  expression: z
    .string()
    .min(1)
    .describe('PromQL: a series for each thing that is wrong, nothing where all is well.'),
  forSeconds: seconds(0, 86_400).default(0).describe('How long it must hold.'),
  severity: z.enum(SEVERITIES).describe('How urgent it is.'),
  component: z.enum(COMPONENTS).describe('What is affected.'),
  team: z.enum(TEAMS).describe('Who owns it.'),
  summary: z.string().min(1).max(200).describe('One line; {{ $labels.service }} stands for a label.'),
  description: z.string().min(1).max(900).describe('What it means and what to do first.'),
  runbook: z.url().optional().describe('Article about it.'),
});

/** Amazon Managed Prometheus takes everything longer for five days. */
const REPEAT_SECONDS_MAX = 432_000;

export const alerts = z.strictObject({
  slackWebhook: slug(40).optional().describe('Secret with the URL of the Slack webhook.'),
  receivers: z.record(slug(40), receiver).describe('`default` must exist.'),
  routes: z.array(route).default([]).describe('Asked in order; an empty list of a label matches all.'),
  groupBy: z
    .array(z.string().min(1))
    .default(['alertname', 'component', 'severity'])
    .describe('Alerts with the same values of these labels come in one message.'),
  groupWaitSeconds: seconds(1, 3600).default(30).describe('The first message of a group waits this long.'),
  groupIntervalSeconds: seconds(1, 3600).default(300).describe('Time between two messages of a group.'),
  repeatSeconds: seconds(60, REPEAT_SECONDS_MAX)
    .default(14_400)
    .describe('What still holds is told again after this.'),
  onCall: slug(40).default('default').describe('Receiver that CloudWatch alarms page.'),
  rules: z
    .record(alertName, rule)
    .default({})
    .describe('Alerts of your own, beside those of the catalogue. They are evaluated in both regions.'),
  thresholds: z
    .record(
      alertName,
      z.strictObject({
        value: z.number().optional().describe('Its bound, in the unit of the alert (percent for shares).'),
        forSeconds: seconds(0, 86_400).optional().describe('How long it must hold.'),
        severity: z.enum(SEVERITIES).optional().describe('How urgent it is.'),
      }),
    )
    .default({})
    .describe('Changes of single alerts of the catalogue.'),
});

const grafana = z.strictObject({
  region: z
    .enum(['home', 'standby'])
    .default('standby')
    .describe('Where the workspace is. In the standby it is there when home is not; it shows both.'),
  saml: z
    .strictObject({
      metadataUrl: z.url().describe('Metadata of your identity provider.'),
      roleAttribute: z.string().min(1).default('role').describe('Attribute that says what a user may do.'),
      adminRoles: z
        .array(z.string().min(1))
        .min(1)
        .default(['admin'])
        .describe('Its values of administrators.'),
      editorRoles: z
        .array(z.string().min(1))
        .default([])
        .describe('Its values of editors; all others only look.'),
    })
    .optional()
    .describe('Users sign in by SAML; without it by IAM Identity Center.'),
});

export const monitoring = z.strictObject({
  collectors: z
    .boolean()
    .default(true)
    .describe(
      'A collector beside every task reads its metrics and sends them to Amazon Managed Prometheus. It takes up to 160 MiB of the memory of its task.',
    ),
  scrapeSeconds: seconds(5, 300).default(30).describe('Time between two readings where a service says none.'),
  retentionDays: z.int().min(1).max(1095).default(15).describe('Metrics are kept this long.'),
  grafana: z
    .union([z.boolean(), grafana])
    .default(false)
    .describe('A workspace of Amazon Managed Grafana. true: one whose users IAM Identity Center knows.'),
  canaries: z.boolean().default(false).describe('CloudWatch Synthetics from home, standby and witness.'),
});

const availability = z.number().min(90).max(99.999);
export const objectives = z.strictObject({
  rpoSeconds: seconds(0, 86_400)
    .default(300)
    .describe('At most this much acknowledged work may be lost in an unplanned failover.'),
  rtoSeconds: seconds(60, 86_400).default(900).describe('Writable again within this.'),
  availabilityPercent: availability.default(99.9).describe('Of the whole platform, in a month.'),
  components: z
    .record(
      z.string().min(1),
      z.strictObject({
        availabilityPercent: availability.optional().describe('Of this part, in a month.'),
        rpoSeconds: seconds(0, 86_400).optional().describe('At most this much of its work may be lost.'),
        rtoSeconds: seconds(60, 86_400).optional().describe('Working again within this.'),
      }),
    )
    .default({})
    .describe(
      'Objectives of single parts. `availabilityPercent` is of a service, of database, cache or balancer, and alerts tell how fast what it leaves is used up; `rpoSeconds` and `rtoSeconds` may also be of a name of your own, and synth says what is to be expected.',
    ),
});
