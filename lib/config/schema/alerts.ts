import { z } from 'zod';
import { seconds, slug } from './primitives';

const receiver = z.strictObject({
  email: z.array(z.email()).default([]).describe('Addresses.'),
  slack: z
    .string()
    .regex(/^#[a-z0-9_-]{1,79}$/, 'a Slack channel, for example #alerts')
    .optional()
    .describe('Channel; needs `slackWebhook`.'),
  pagerDuty: slug(40).optional().describe('Secret with the routing key of a PagerDuty service.'),
  webhook: slug(40).optional().describe('Secret with the URL of a webhook.'),
});

const route = z.strictObject({
  receiver: slug(40).describe('Name of a receiver.'),
  severity: z
    .array(z.enum(['critical', 'warning', 'info']))
    .default([])
    .describe('Only these severities.'),
  component: z.array(z.string().min(1)).default([]).describe('Only these parts, for example database.'),
  team: z.array(z.string().min(1)).default([]).describe('Only alerts of these teams.'),
  continue: z.boolean().default(false).describe('Look at the following routes too.'),
});

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
  repeatSeconds: seconds(60, 604_800).default(14_400).describe('What still holds is told again after this.'),
  onCall: slug(40).default('default').describe('Receiver that CloudWatch alarms page.'),
  thresholds: z
    .record(
      z.string().regex(/^[A-Z][A-Za-z]+$/, 'name of an alert, for example HighErrorRate'),
      z.strictObject({
        value: z.number().optional().describe('Its bound, in the unit of the alert (percent for shares).'),
        forSeconds: seconds(0, 86_400).optional().describe('How long it must hold.'),
        severity: z.enum(['critical', 'warning', 'info']).optional().describe('How urgent it is.'),
      }),
    )
    .default({})
    .describe('Changes of single alerts of the catalogue.'),
});

export const monitoring = z.strictObject({
  scrapeSeconds: seconds(5, 300).default(30).describe('Time between two readings where a service says none.'),
  retentionDays: z.int().min(1).max(1095).default(15).describe('Metrics are kept this long.'),
  grafana: z
    .boolean()
    .default(false)
    .describe('A workspace of Amazon Managed Grafana. Needs IAM Identity Center or SAML.'),
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
    .describe('Objectives of single parts: a service, database, cache, balancer, or a name of your own.'),
});
