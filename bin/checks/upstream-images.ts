import { UPSTREAM_REGISTRIES, upstreamRegistries } from '../../lib/config/image';
import { pullThroughPrefix } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Check } from './check';
import { type Finding, GLOBAL, later, ok, todo } from './line';
import { ROLES } from './places';
import type { Secrets } from './ports';

/** Can ECR fetch the images of others, and where a registry asks for a login, is it set? */
export const upstreamImages: Check = {
  name: 'upstream images',
  asksAws: true,
  tasks: (platform, ports) =>
    upstreamRegistries(platform).flatMap((registry) => {
      const upstream = UPSTREAM_REGISTRIES[registry];
      if (!upstream) return [{ place: GLOBAL, run: async () => [unsupported(registry)] }];
      if (!upstream.needsLogin)
        return [{ place: GLOBAL, run: async () => [ok(`${registry} needs no login.`)] }];
      return ROLES.map((role) => platform.regions[role].name).map((place) => ({
        place,
        run: async () => [await loginSet(platform, place, registry, ports.secrets)],
      }));
    }),
};

const unsupported = (registry: string): Finding =>
  todo(
    `ECR cannot cache images of ${registry}.`,
    `Push the image into a repository of the platform (an image without a registry in its name), or take one of ${Object.keys(UPSTREAM_REGISTRIES).join(', ')}.`,
  );

/**
 * A deployment fills the login with a random token that opens nothing. That a person has set it shows in its versions
 * alone: the first one has become the previous one. So no value is read.
 */
async function loginSet(
  platform: Platform,
  region: string,
  registry: string,
  port: Secrets,
): Promise<Finding> {
  const name = `ecr-pullthroughcache/${pullThroughPrefix(platform, registry)}`;
  const stages = await port.stages(region, name);
  const fix = [
    `Write {"username": ..., "accessToken": ...} of ${registry} into a file, then:`,
    `aws secretsmanager put-secret-value --region ${region} --secret-id ${name} --secret-string file://FILE`,
  ].join('\n');
  if (stages === undefined) {
    return later(
      `The login for ${registry} can be set after the first deployment, before its services start.`,
      fix,
    );
  }
  return stages.includes('AWSPREVIOUS')
    ? ok(`The login for ${registry} is set.`)
    : todo(`The login for ${registry} was never set: its images cannot be fetched.`, fix);
}
