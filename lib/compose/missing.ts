import type { PlatformInput } from '../config/schema/platform';
import type { Scene } from './map/scene';
import { looksSecret } from './map/secret-names';
import type { MissingVariable } from './read/interpolate';

/**
 * Says which variables (`${A}`) nobody has set, where that matters: not for secrets, whose values are not taken over, and
 * not for services that become something else.
 * @param services of the platform, by the names that they have there
 */
export function tellMissing(
  missing: readonly MissingVariable[],
  services: PlatformInput['services'],
  { roles, names, report }: Scene,
): void {
  for (const { path, variable, required } of missing) {
    const [top, service = '', key, name] = path.map(String);
    if (top !== 'services' || (roles.has(service) && roles.get(service) !== 'application')) continue;
    const secrets = services[names.get(service) ?? '']?.secrets ?? {};
    if (
      key === 'environment' &&
      name !== undefined &&
      (Object.hasOwn(secrets, name) || looksSecret(name, undefined))
    )
      continue;
    if (looksSecret(variable, undefined)) continue;
    const isDropped = key === 'build' || key === 'container_name' || key === 'networks' || key === 'logging';
    if (isDropped) continue;
    if (required !== undefined && roles.has(service))
      report.problem(
        path,
        `the variable ${variable} is not set: ${required}. Set it, or name its file with --env-file.`,
      );
    else
      report.toDo(
        path,
        `the variable ${variable}`,
        'it is not set, so Compose takes the empty text.',
        'Set it and import again, or fill in what it stands for.',
      );
  }
}
