import type { Alert } from './alert';
import { BURNS, type Burn } from './burn';
import { answersRequests, hasMetrics } from './parts';
import { unlessStandingBy } from './promql';

/** A budget is a share: of very few requests, one failure is a large one. So many must fail in the long window. */
const MIN_FAILURES = 10;
/** One request in a hundred may take longer than a second. */
const SLOW_BUDGET = 0.01;
const HOUR = 3600;

/** How fast the budgets of errors and slow answers are used up. */
export const SLO_ALERTS: readonly Alert[] = [
  ...BURNS.map(errorBudget),
  {
    name: 'LatencyBudgetBurn',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasMetrics,
    forSeconds: 300,
    threshold: { value: 6, unit: 'times the budget' },
    expression: (context) => {
      const bound = Number((context.threshold * SLOW_BUDGET).toFixed(7));
      return unlessStandingBy(
        context,
        [
          `service:http_slow:ratio6h > ${bound}`,
          `service:http_slow:ratio30m > ${bound}`,
          `avg_over_time(service:http_slow:rate5m[6h]) * ${6 * HOUR} >= ${MIN_FAILURES}`,
        ].join(' and on (service) '),
      );
    },
    summary: '{{ $labels.service }} uses up its budget of slow answers',
    description:
      'In six hours {{ $value | humanizePercentage }} of the requests to {{ $labels.service }} took longer than a second; one in a hundred may. The bound is {threshold}.',
    panel: 'services/latency',
  },
];

function errorBudget({ ending, severity, times, long, short, forSeconds, meaning }: Burn): Alert {
  return {
    name: `ErrorBudgetBurn${ending}`,
    severity,
    component: 'service',
    team: 'application',
    appliesTo: answersRequests,
    forSeconds,
    threshold: { value: times, unit: 'times the budget' },
    expression: (context) => {
      const bound = `${context.threshold} * service:error_budget:ratio`;
      return unlessStandingBy(
        context,
        [
          `service:http_errors:ratio${long.window} > on (service) (${bound})`,
          `(service:http_errors:ratio${short} > on (service) (${bound}))`,
          `avg_over_time(service:http_errors:rate5m[${long.window}]) * ${long.seconds} >= ${MIN_FAILURES}`,
        ].join(' and on (service) '),
      );
    },
    summary: '{{ $labels.service }} uses up its error budget',
    description: `{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} failed in the last ${long.window}, more than {threshold}. ${meaning}`,
    panel: 'overview/slo-budget',
  };
}
