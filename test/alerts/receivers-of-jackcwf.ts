import { COMPONENTS, SEVERITIES, TEAMS } from '../../lib/config/alert-words';

/** Labels by which alerts are routed. */
export type RoutedLabels = Readonly<Record<'severity' | 'component' | 'team', string>>;

/**
 * Who must hear what, as the requirements of jackcwf name their receivers: by severity, by component and by team, each
 * for itself, and a webhook that hears all. Written by hand; nothing here knows the platform file or the model of routes.
 */
const ROWS: readonly (Partial<RoutedLabels> & { readonly receiver: string })[] = [
  { receiver: 'critical-alerts', severity: 'critical' },
  { receiver: 'warning-alerts', severity: 'warning' },
  { receiver: 'default', severity: 'info' },
  { receiver: 'database-team', component: 'database' },
  { receiver: 'ops-team', team: 'ops' },
  { receiver: 'business-team', team: 'business' },
  { receiver: 'webhook' },
];

/** @returns names in alphabetical order */
export const expectedReceivers = (labels: RoutedLabels): string[] =>
  ROWS.filter(
    ({ severity, component, team }) =>
      (severity ?? labels.severity) === labels.severity &&
      (component ?? labels.component) === labels.component &&
      (team ?? labels.team) === labels.team,
  )
    .map(({ receiver }) => receiver)
    .sort();

/** Every combination of the known words: 3 x 11 x 4. */
export const EVERY_COMBINATION: readonly RoutedLabels[] = SEVERITIES.flatMap((severity) =>
  COMPONENTS.flatMap((component) => TEAMS.map((team) => ({ severity, component, team }))),
);
