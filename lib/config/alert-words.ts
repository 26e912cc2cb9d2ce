/** How urgent an alert is: `critical` wakes somebody, `warning` waits for the morning, `info` is only written down. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is affected. Routes of a platform file choose by these words. */
export const COMPONENTS = [
  'service',
  'balancer',
  'database',
  'cache',
  'queue',
  'leadership',
  'archive',
  'backup',
  'edge',
  'monitoring',
  'business',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** Who owns it. */
export const TEAMS = ['application', 'database', 'ops', 'business'] as const;
export type Team = (typeof TEAMS)[number];

/** Beginning of the receivers that Holdfast adds of its own: a platform file may not use it. */
export const OWN_RECEIVERS = 'holdfast-';
