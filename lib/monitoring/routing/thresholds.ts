import type { Platform } from '../../config/platform';
import { formatPath, type Path } from '../../config/problem';
import { noSuch } from '../../config/suggest';
import type { Alert } from '../alerts/alert';

/** Own rules and thresholds of a platform file that do not fit the catalogue of alerts; one line for each. */
export class AlertsError extends Error {
  override readonly name = 'AlertsError';
  /** @param lines `place: what is wrong, and what is allowed` */
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

type Known = Pick<Alert, 'name' | 'threshold' | 'appliesTo'>;

/**
 * What the schema of the platform file cannot know, because it does not know the catalogue.
 * @param catalogue every alert that Holdfast knows
 * @throws AlertsError
 */
export function checkAlerts(platform: Platform, catalogue: readonly Known[]): void {
  const lines = [...rules(platform, catalogue), ...thresholds(platform, catalogue)];
  if (lines.length > 0) throw new AlertsError(lines);
}

const line = (path: Path, message: string): string => `${formatPath(path)}: ${message}`;

function rules({ alerts }: Platform, catalogue: readonly Known[]): string[] {
  return Object.keys(alerts?.rules ?? {})
    .filter((name) => catalogue.some((alert) => alert.name === name))
    .map((name) =>
      line(
        ['alerts', 'rules', name],
        `${name} is an alert of the catalogue; choose another name, or change it at alerts.thresholds.${name}.`,
      ),
    );
}

function thresholds(platform: Platform, catalogue: readonly Known[]): string[] {
  const names = catalogue.map(({ name }) => name);
  return Object.entries(platform.alerts?.thresholds ?? {}).flatMap(([name, { value }]) => {
    const path = ['alerts', 'thresholds', name];
    const alert = catalogue.find((one) => one.name === name);
    if (alert === undefined) return line(path, noSuch('alert', name, names));
    if (!alert.appliesTo(platform)) {
      return line(path, `${name} is about a part that the platform does not have; leave it out.`);
    }
    if (value === undefined || alert.threshold !== undefined) return [];
    return line(
      [...path, 'value'],
      `${value} is not allowed, ${name} has no bound; allowed: forSeconds and severity.`,
    );
  });
}
