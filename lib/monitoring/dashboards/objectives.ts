import { type Objective, objectivesOf } from '../../config/objectives';
import type { Platform } from '../../config/platform';
import type { Panel, Query } from './panel';

/** A month, or as long as the metrics are kept. */
export const BUDGET_DAYS = 30;

/**
 * What is left of each objective of a single part.
 * @throws RangeError if the platform has none
 */
export function objectives(platform: Platform): Panel {
  const days = Math.min(BUDGET_DAYS, platform.monitoring.retentionDays);
  const [first, ...others] = objectivesOf(platform).flatMap((objective) => queries(objective, days));
  if (!first) throw new RangeError(`${platform.name} has no objective of a single part.`);
  return {
    slug: 'objectives',
    title: 'Objectives of single parts: budget left',
    description: `Of what each part may fail, what ${days} days have left: of its time, and where it is asked by requests also of these. Below 0 its promise is broken. Only what the region of the data source measured while it led.`,
    view: 'value',
    unit: 'percentunit',
    queries: [first, ...others],
    width: 24,
    bad: 'below',
    steps: [
      { value: 0.25, color: 'orange' },
      { value: 0, color: 'red' },
    ],
  };
}

function queries({ part, kind, availabilityPercent, budget }: Objective, days: number): readonly Query[] {
  const left = (failed: string, asked: string, matcher: string): string => {
    const over = (series: string) => `sum(avg_over_time(${series}{${matcher}}[${days}d]))`;
    return `1 - ${over(failed)} / (${over(asked)} > 0) / ${budget}`;
  };
  const legend = `${part} (${availabilityPercent} %)`;
  const own = {
    legend: kind === 'service' ? `${legend}: tasks` : legend,
    expression: left('part:failed:count', 'part:asked:count', `part="${part}"`),
  };
  if (kind !== 'service') return [own];
  const matcher = `service="${part}"`;
  return [
    own,
    {
      legend: `${legend}: requests`,
      expression: left('service:http_errors:rate5m', 'service:http_requests:rate5m', matcher),
    },
  ];
}
