import { z } from 'zod';
import { seconds, slug } from './primitives';

const receiver = z.strictObject({
  email: z.array(z.email()).default([]),
  slack: z
    .string()
    .regex(/^#[a-z0-9_-]{1,79}$/, 'a Slack channel, for example #alerts')
    .optional(),
  pagerDuty: slug(40).optional().describe('Secret with the routing key of a PagerDuty service.'),
  webhook: slug(40).optional().describe('Secret with the URL of a webhook.'),
});

const route = z.strictObject({
  receiver: slug(40).describe('Name of a receiver.'),
  severity: z.array(z.enum(['critical', 'warning', 'info'])).default([]),
  component: z.array(z.string().min(1)).default([]),
  team: z.array(z.string().min(1)).default([]),
  continue: z.boolean().default(false).describe('Look at the following routes too.'),
});

export const alerts = z.strictObject({
  slackWebhook: slug(40).optional().describe('Secret with the URL of the Slack webhook.'),
  receivers: z.record(slug(40), receiver).describe('`default` must exist.'),
  routes: z.array(route).default([]).describe('Asked in order; an empty list of a label matches all.'),
  groupBy: z.array(z.string().min(1)).default(['alertname', 'component', 'severity']),
  groupWaitSeconds: seconds(1, 3600).default(30),
  groupIntervalSeconds: seconds(1, 3600).default(300),
  repeatSeconds: seconds(60, 604_800).default(14_400),
  onCall: slug(40).default('default').describe('Receiver that CloudWatch alarms page.'),
  thresholds: z
    .record(
      z.string().regex(/^[A-Z][A-Za-z]+$/, 'name of an alert, for example HighErrorRate'),
      z.strictObject({
        value: z.number().optional(),
        forSeconds: seconds(0, 86_400).optional(),
        severity: z.enum(['critical', 'warning', 'info']).optional(),
      }),
    )
    .default({})
    .describe('Changes of single alerts of the catalogue.'),
});

export const monitoring = z.strictObject({
  scrapeSeconds: seconds(5, 300).default(30),
  retentionDays: z.int().min(1).max(1095).default(15),
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
  availabilityPercent: availability.default(99.9),
  components: z
    .record(
      z.string().min(1),
      z.strictObject({
        availabilityPercent: availability.optional(),
        rpoSeconds: seconds(0, 86_400).optional(),
        rtoSeconds: seconds(60, 86_400).optional(),
      }),
    )
    .default({})
    .describe('Objectives of single parts: a service, database, cache, balancer, or a name of your own.'),
});
