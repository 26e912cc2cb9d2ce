import type { Severity } from './alert';

const HOUR = 3600;

/** How fast a budget may be used up, over a long window and a short one. */
export interface Burn {
  /** End of the name of an alert. */
  readonly ending: 'Fast' | '' | 'Slow';
  readonly severity: Severity;
  /** Times the speed at which the budget would last exactly one month. */
  readonly times: number;
  readonly long: { readonly window: '1h' | '6h' | '3d'; readonly seconds: number };
  /** The short one ends the alert soon after the failures end. */
  readonly short: '5m' | '30m' | '6h';
  readonly forSeconds: number;
  /** What remains to be done, and how fast. */
  readonly meaning: string;
}

/** Speeds and windows of https://sre.google/workbook/alerting-on-slos/, section 6. */
export const BURNS: readonly Burn[] = [
  {
    ending: 'Fast',
    severity: 'critical',
    times: 14.4,
    long: { window: '1h', seconds: HOUR },
    short: '5m',
    forSeconds: 120,
    meaning: 'At this speed the month has nothing left after two days.',
  },
  {
    ending: '',
    severity: 'critical',
    times: 6,
    long: { window: '6h', seconds: 6 * HOUR },
    short: '30m',
    forSeconds: 300,
    meaning: 'At this speed the month has nothing left after five days.',
  },
  {
    ending: 'Slow',
    severity: 'warning',
    times: 1,
    long: { window: '3d', seconds: 72 * HOUR },
    short: '6h',
    forSeconds: 900,
    meaning: 'At this speed the month ends with nothing left.',
  },
];
