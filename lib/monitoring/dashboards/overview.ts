import { objectivesOf } from '../../config/objectives';
import type { Platform } from '../../config/platform';
import { writableWithinSeconds } from '../../config/timings';
import { hasRoutes } from '../alerts/parts';
import { BUDGET_DAYS, objectives } from './objectives';
import type { Dashboard, Panel, Row } from './panel';
import { hasArchive, managedDatabase, where } from './parts';
import { daily, one, rate, share, slow } from './queries';

const LAG = 'aws_holdfast_replication_lag_seconds_maximum';
const REQUESTS = 'sum by (region) (aws_applicationelb_request_count_sum)';
const FAILED = 'sum by (region) (aws_applicationelb_httpcode_target_5_xx_count_sum)';
const FAILED_AT_BALANCER = 'sum by (region) (aws_applicationelb_httpcode_elb_5_xx_count_sum)';

/** Lost values a second below which an alert is late by a value or two. */
const DROPPED_PER_SECOND = 1;

/** Both regions at once: what a person who was paged looks at first. */
export const overview = (platform: Platform): Dashboard => ({
  name: 'overview',
  title: 'Overview',
  description: 'Both regions: who leads, what a failover would cost now, what clients see, what is wrong.',
  choices: [],
  rows: [
    { title: 'Leadership', panels: leadership(platform) },
    ...(hasRoutes(platform) ? [{ title: 'What clients see', panels: clients(platform) }] : []),
    ...(objectivesOf(platform).length > 0 ? [{ title: 'Objectives', panels: [objectives(platform)] }] : []),
    { title: 'Alerts and regions', panels: alerts() },
    watchers(platform),
  ],
});

const leadership = (platform: Platform): readonly Panel[] => {
  const { leadership: timings, objectives } = platform;
  return [
    {
      slug: 'leader',
      title: 'Leads',
      description: 'The region that may write: exactly one. None while a failover is under way.',
      view: 'names',
      unit: 'none',
      queries: one('{{region}}', 'max by (region) (aws_holdfast_leads_maximum) == 1'),
      width: 4,
      nothing: 'no region',
    },
    {
      slug: 'lease-age',
      title: 'Age of the lease',
      description: `Time since the holder renewed its lease. The lease ends after ${timings.leaseSeconds} s; then the holder takes no more writes.`,
      view: 'value',
      unit: 's',
      queries: one('lease', 'min(aws_holdfast_lease_age_seconds_maximum)'),
      width: 4,
      steps: [
        { value: timings.leaseSeconds / 2, color: 'orange' },
        { value: timings.leaseSeconds, color: 'red' },
      ],
    },
    ...where<Panel>(
      managedDatabase(platform) !== undefined,
      {
        slug: 'rpo',
        title: 'RPO now',
        description: `How much of the newest work the other region does not have: what a takeover now would leave to be salvaged from the archive. Promised: ${objectives.rpoSeconds} s. From ${timings.lagGateSeconds} s on a takeover waits for a person.`,
        view: 'value',
        unit: 's',
        queries: one('RPO', `max(${LAG})`),
        width: 4,
        nothing: 'no replica',
        steps: [
          { value: timings.lagGateSeconds, color: 'orange' },
          { value: objectives.rpoSeconds, color: 'red' },
        ],
      },
      {
        slug: 'rto',
        title: 'RTO before promotion',
        description: `After a loss of the region that leads the other one takes writes within this and the promotion of its database, which AWS gives no time for. Promised: ${objectives.rtoSeconds} s.`,
        view: 'value',
        unit: 's',
        queries: one('bound', `vector(${writableWithinSeconds(timings)})`),
        width: 4,
        steps: [{ value: objectives.rtoSeconds, color: 'red' }],
      },
    ),
    ...where<Panel>(hasRoutes(platform), sloBudget(platform)),
    {
      slug: 'epoch',
      title: 'Epoch',
      description: 'Number of the term of the region that leads: one more after each move of the lead.',
      view: 'value',
      unit: 'none',
      queries: one('epoch', `max(${slow('aws_holdfast_epoch_maximum')})`),
      width: 4,
    },
    {
      slug: 'regions',
      title: 'Regions',
      description: 'What the agent of each region says. A gap: nothing was heard of that region.',
      view: 'states',
      unit: 'none',
      queries: one('{{region}}', 'max by (region) (aws_holdfast_leads_maximum)'),
      width: managedDatabase(platform) ? 12 : 24,
      states: { 0: { text: 'stands by', color: 'blue' }, 1: { text: 'leads', color: 'green' } },
    },
    ...where<Panel>(managedDatabase(platform) !== undefined, {
      slug: 'replication-lag',
      title: 'Behind the writer',
      description: 'How far the database of the other region, and the archive, are behind the writer.',
      view: 'lines',
      unit: 's',
      queries: [
        { legend: 'replica in {{region}}', expression: `max by (region) (${LAG})` },
        ...where(hasArchive(platform), {
          legend: 'archive of {{region}}',
          expression: 'max by (region) (aws_holdfast_archive_lag_seconds_maximum)',
        }),
      ],
      width: 12,
      min: 0,
    }),
  ];
};

function sloBudget({ objectives, monitoring }: Platform): Panel {
  const days = Math.min(BUDGET_DAYS, monitoring.retentionDays);
  const within = (series: string) => `sum(sum_over_time(${series}[${days}d]))`;
  const failed = `${within('aws_applicationelb_httpcode_target_5_xx_count_sum')} + ${within('aws_applicationelb_httpcode_elb_5_xx_count_sum')}`;
  const budget = Number(((100 - objectives.availabilityPercent) / 100).toPrecision(6));
  return {
    slug: 'slo-budget',
    title: 'Error budget left',
    description: `Of the ${budget * 100} % of requests that may fail, what ${days} days have left. Below 0 the promise of ${objectives.availabilityPercent} % is broken.`,
    view: 'value',
    unit: 'percentunit',
    queries: one(
      'left',
      `1 - (${failed}) / (${within('aws_applicationelb_request_count_sum')} > 0) / ${budget}`,
    ),
    width: 4,
    bad: 'below',
    steps: [
      { value: 0.25, color: 'orange' },
      { value: 0, color: 'red' },
    ],
  };
}

const clients = (_platform: Platform): readonly Panel[] => [
  {
    slug: 'traffic',
    title: 'Requests',
    description: 'Requests that reached tasks, by region. All go where the writer is, but for health checks.',
    view: 'areas',
    unit: 'reqps',
    queries: one('{{region}}', `${REQUESTS} / 60`),
    width: 12,
    min: 0,
    drawBounds: false,
  },
  {
    slug: 'errors',
    title: 'Failed requests',
    description: 'Share of the requests that ended with a server error, of a task or of the balancer itself.',
    view: 'lines',
    unit: 'percentunit',
    queries: [
      { legend: '{{region}}: tasks', expression: share(FAILED, REQUESTS) },
      {
        legend: '{{region}}: balancer',
        expression: share(FAILED_AT_BALANCER, `${REQUESTS} + ${FAILED_AT_BALANCER}`),
      },
    ],
    width: 12,
    min: 0,
  },
  {
    slug: 'latency',
    title: 'Slowest 5 % of the answers',
    description:
      'The 95th percentile of the slowest service of a region, as its balancer measured it. Only the region of the data source.',
    view: 'lines',
    unit: 's',
    queries: one('{{region}}', 'max by (region) (aws_applicationelb_target_response_time_p95)'),
    width: 12,
    min: 0,
  },
  {
    slug: 'healthy',
    title: 'Healthy tasks',
    description: 'Tasks that the balancers find healthy. The standby has fewer until it leads.',
    view: 'lines',
    unit: 'short',
    queries: one('{{region}}', 'sum by (region) (aws_applicationelb_healthy_host_count_minimum)'),
    width: 12,
    min: 0,
  },
];

const alerts = (): readonly Panel[] => [
  {
    slug: 'alerts',
    title: 'Alerts that fire',
    description: 'Of the region of the data source. What the other one alerts is in the other data source.',
    view: 'table',
    unit: 'none',
    queries: one(
      'alerts',
      'sum by (severity, alertname, component, service, region) (ALERTS{alertstate="firing", severity!="info"})',
    ),
    width: 16,
    nothing: 'none',
  },
  {
    slug: 'watchdog',
    title: 'Path of the alerts',
    description: 'The alert Watchdog always fires. Where it does not, no other alert comes either.',
    view: 'states',
    unit: 'none',
    queries: one('Watchdog', 'max(ALERTS{alertname="Watchdog", alertstate="firing"})'),
    width: 8,
    states: { 1: { text: 'works', color: 'green' } },
  },
];

function watchers(platform: Platform): Row {
  return {
    title: 'Measuring',
    panels: [
      {
        slug: 'collectors',
        title: 'What measures',
        description:
          'Whether collectors and exporters answer, and whether what they read arrives. Only of the region of the data source.',
        view: 'states',
        unit: 'none',
        queries: [
          {
            legend: '{{region}}: {{job}} answers',
            expression: 'max by (region, job) (up{job!="application"})',
          },
          {
            legend: '{{region}}: values arrive',
            expression: `sum by (region) (${rate('otelcol_exporter_send_failed_metric_points')}) + sum by (region) (${rate('otelcol_exporter_enqueue_failed_metric_points')}) <= bool ${DROPPED_PER_SECOND}`,
          },
        ],
        width: platform.monitoring.canaries ? 8 : 16,
        states: { 0: { text: 'no', color: 'red' }, 1: { text: 'yes', color: 'green' } },
      },
      ...where<Panel>(platform.monitoring.canaries, {
        slug: 'canaries',
        title: 'Canaries',
        description: 'Share of the runs that did what users do, and succeeded.',
        view: 'lines',
        unit: 'percentunit',
        queries: one(
          '{{canary}} in {{region}}',
          `min by (region, canary) (${slow('aws_cloudwatchsynthetics_success_percent_average')}) / 100`,
        ),
        width: 8,
        bad: 'below',
        min: 0,
        max: 1,
      }),
      {
        slug: 'certificates',
        title: 'First certificate ends',
        description: 'Days until the next certificate of a region ends; ACM renews it 60 days before.',
        view: 'value',
        unit: 'd',
        queries: one(
          '{{region}}',
          `min by (region) (${daily('aws_certificatemanager_days_to_expiry_minimum')})`,
        ),
        width: 8,
        bad: 'below',
      },
    ],
  };
}
