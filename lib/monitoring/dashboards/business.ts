import type { Platform } from '../../config/platform';
import { hasMetrics } from '../alerts/parts';
import type { Dashboard, Panel } from './panel';
import { where } from './parts';
import { one, SERVICE } from './queries';

/** What users do, and what it costs. */
export const business = (platform: Platform): Dashboard => ({
  name: 'business',
  title: 'Business and cost',
  description: 'What users do, and what the platform and its language models cost.',
  choices: ['region', 'service'],
  rows: [
    ...(hasMetrics(platform) ? [{ title: 'Users', panels: USERS }] : []),
    { title: 'Cost', panels: [...where(hasMetrics(platform), ...MODELS), ...aws()] },
  ],
});

const ACTIONS = `user_actions_total{${SERVICE}}`;
const USERS: readonly Panel[] = [
  {
    slug: 'user-actions',
    title: 'Actions of users in half an hour',
    description: 'And those of the same time a week before.',
    view: 'lines',
    unit: 'short',
    queries: [
      { legend: 'now', expression: `sum(increase(${ACTIONS}[30m]))` },
      { legend: 'a week before', expression: `sum(increase(${ACTIONS}[30m] offset 1w))` },
    ],
    width: 12,
    bad: 'below',
    min: 0,
  },
  {
    slug: 'actions-by-kind',
    title: 'Actions by kind, in half an hour',
    description: 'What users did.',
    view: 'areas',
    unit: 'short',
    queries: one('{{action}}', `sum by (action) (increase(${ACTIONS}[30m]))`),
    width: 12,
    min: 0,
  },
];

const COST = `llm_api_cost_usd_total{${SERVICE}}`;
const MODELS: readonly Panel[] = [
  {
    slug: 'llm-cost',
    title: 'Language models, in a day',
    description: 'What calls of language models cost within 24 hours.',
    view: 'lines',
    unit: 'currencyUSD',
    queries: [
      { legend: 'all', expression: `sum(increase(${COST}[1d]))` },
      { legend: '{{provider}} {{model}}', expression: `sum by (provider, model) (increase(${COST}[1d]))` },
    ],
    width: 12,
    min: 0,
  },
  {
    slug: 'llm-cost-by-service',
    title: 'Language models by service, in an hour',
    description: 'What calls of language models cost within an hour.',
    view: 'areas',
    unit: 'currencyUSD',
    queries: one('{{service}}', `sum by (service) (increase(${COST}[1h]))`),
    width: 12,
    min: 0,
  },
];

const CHARGES = 'last_over_time(aws_billing_estimated_charges_maximum[8h])';
const aws = (): readonly Panel[] => [
  {
    slug: 'aws-cost',
    title: 'AWS in this month so far',
    description:
      'Charges of the whole account. AWS reckons a few times a day, in us-east-1 only, and where billing alerts are switched on.',
    view: 'lines',
    unit: 'currencyUSD',
    queries: one('account', `max(${CHARGES})`),
    width: 24,
    min: 0,
    nothing: 'switch on billing alerts',
  },
];
