import type { Platform } from '../../config/platform';
import type { Alert } from './alert';
import { hasMetrics } from './parts';
import { own, whileLeading } from './promql';

const OF_BUSINESS = { component: 'business', team: 'business' } as const;

/** USD a month beyond which a platform of a size is not what was planned. */
const MONTHLY_USD: Readonly<Record<Platform['size'], number>> = { small: 600, medium: 1500, large: 5000 };

/** What users do, and what it costs. */
export const BUSINESS_ALERTS: readonly Alert[] = [
  {
    ...OF_BUSINESS,
    name: 'NoUserActivity',
    appliesTo: hasMetrics,
    severity: 'warning',
    forSeconds: 600,
    // Fewer in half an hour may be chance.
    threshold: { value: 10, unit: 'actions' },
    expression: (context) => {
      const actions = (offset: string) => `sum(increase(user_actions_total${own(context)}[30m]${offset}))`;
      return whileLeading(
        context,
        `${actions(' offset 1w')} > ${context.threshold} unless ${actions('')} > 0`,
      );
    },
    summary: 'No user does anything.',
    description:
      'A week ago there were {{ printf "%.0f" $value }} actions of users in the same half hour, more than {threshold}; now there is none.',
    panel: 'business/user-actions',
  },
  {
    ...OF_BUSINESS,
    name: 'HighCost',
    appliesTo: () => true,
    severity: 'warning',
    forSeconds: 0,
    threshold: { value: ({ size }) => MONTHLY_USD[size], unit: 'USD in this month' },
    // AWS reckons a few times a day, for the account as a whole, and says it in us-east-1 whatever the region is.
    expression: (context) =>
      whileLeading(
        context,
        `max(max_over_time(aws_billing_estimated_charges_maximum[8h])) > ${context.threshold}`,
      ),
    summary: 'AWS costs more than was planned.',
    description:
      'The charges of this month are {{ printf "%.0f" $value }} USD so far, more than {threshold}.',
    panel: 'business/aws-cost',
  },
  {
    ...OF_BUSINESS,
    name: 'HighLlmCost',
    appliesTo: hasMetrics,
    severity: 'warning',
    forSeconds: 0,
    // A loop that asks a model again and again spends this within an hour, a team in weeks.
    threshold: { value: 100, unit: 'USD in a day' },
    expression: (context) =>
      `sum(increase(llm_api_cost_usd_total${own(context)}[1d])) > ${context.threshold}`,
    summary: 'The LLM API costs more than was planned.',
    description:
      'In 24 hours the services spent {{ printf "%.0f" $value }} USD on the API of the LLM provider, more than {threshold}.',
    panel: 'business/llm-cost',
  },
];
