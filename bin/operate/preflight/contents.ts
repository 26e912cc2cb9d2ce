import { endpointDomain, keyAlias, regionDomain, secretName, stackName } from '../../../lib/config/names';
import type { Platform, Role } from '../../../lib/config/platform';
import { replicatedSecrets } from '../../../lib/security/replicated-secrets';
import { type Check, inEach } from '../../checks/check';
import { type Finding, ok, todo } from '../../checks/line';
import { ROLES } from '../../checks/places';
import type { Images } from '../../checks/ports';
import { wantedImages, withReference } from '../../checks/wanted-images';
import type { PreflightPorts, SecretStatus } from '../ports';

/** Checks of what a region needs to lead, and must have before it does. */

/** A sentence on what is not there yet, by its name. */
export type Comes = (name: string) => string;

const regionsOf = ({ regions }: Platform): string[] => ROLES.map((role) => regions[role].name);

/** Can each region pull the images from its own registry? */
export const pullable = (images: Images): Check => ({
  name: 'images',
  asksAws: true,
  tasks: (platform) =>
    inEach(regionsOf(platform), async (region) => {
      const wanted = wantedImages(platform);
      const missing: Finding[] = [];
      for (const { image, repository, reference } of wanted) {
        const found = await images.find(region, repository, reference);
        if (found !== 'image')
          missing.push(todo(`${withReference(image, reference)} is not in ${repository} here.`));
      }
      if (missing.length > 0) return missing;
      return wanted.length === 0
        ? [ok('No image of its own.')]
        : [ok(`${wanted.length === 1 ? 'The image is' : `All ${wanted.length} images are`} here.`)];
    }),
});

/**
 * Have both regions the same value of each secret that is copied?
 * @param comes says what is right about one that the deployment to come makes or a person sets after it; undefined if all
 *   must be there
 */
export const copied = ({ secrets }: Pick<PreflightPorts, 'secrets'>, comes?: Comes): Check => ({
  name: 'secrets',
  asksAws: true,
  tasks: (platform) =>
    replicatedSecrets(platform)
      .map((secret) => secretName(platform, secret))
      .map((name) => ({
        place: platform.regions.standby.name,
        run: async () => {
          const { home, standby } = platform.regions;
          const [own, copy] = await Promise.all([
            secrets.status(home.name, name),
            secrets.status(standby.name, name),
          ]);
          if (comes && own?.current === undefined) return [ok(comes(name))];
          return [inSync(name, own, copy, standby.name)];
        },
      })),
});

function inSync(
  name: string,
  own: SecretStatus | undefined,
  copy: SecretStatus | undefined,
  standby: string,
): Finding {
  if (!own) return todo(`${name} does not exist at home.`);
  if (own.current === undefined) return todo(`${name} has no value.`);
  if (!copy) return todo(`${name} has no copy here.`);
  const state = own.copies.get(standby);
  if (state !== undefined && state !== 'InSync') return todo(`The copy of ${name} is ${state}, not InSync.`);
  return copy.current === own.current
    ? ok(`${name} has the same value as at home.`)
    : todo(`${name} has another value than at home.`);
}

/**
 * Are the keys there that encrypt what a region holds?
 * @param comes says what is right about those of a stack that the deployment to come makes; undefined if all must be there
 */
export const keys = ({ deployed }: Pick<PreflightPorts, 'deployed'>, comes?: Comes): Check => ({
  name: 'keys',
  asksAws: true,
  tasks: (platform) =>
    inEach(regionsOf(platform), async (region) => {
      const wanted = [keyAlias(platform, 'data'), keyAlias(platform, 'operations')];
      const stack = stackName(platform, region, 'Foundation');
      const found = await deployed.resources(region, stack, 'AWS::KMS::Alias');
      if (comes && found === undefined) return [ok(comes(stack))];
      const missing = wanted.filter((alias) => !found?.includes(alias));
      return [
        missing.length === 0
          ? ok('Both keys are here.')
          : todo(`${stack} has no ${missing.join(' and no ')}.`),
      ];
    }),
});

const DAY_MS = 86_400_000;
/** AWS renews a certificate 60 days before its end; one that is this near its end is not being renewed. */
const RENEWAL_DAYS = 14;
const HTTPS_PORT = 443;

/** Does each entrance show a certificate that clients take? */
export const issued = ({ certificates }: PreflightPorts, atMs: number): Check => ({
  name: 'certificates',
  asksAws: false,
  tasks: (platform) =>
    entrances(platform).map(({ place, host, port, name }) => ({
      place,
      run: async () => {
        const days = Math.floor(((await certificates.validUntil(host, port, name)) - atMs) / DAY_MS);
        return [
          days >= RENEWAL_DAYS
            ? ok(`${host} shows a certificate for ${name}, valid for ${days} days.`)
            : todo(`The certificate of ${host} ends in ${days} days and was not renewed.`),
        ];
      },
    })),
});

function entrances(platform: Platform) {
  const { regions, domain, edge } = platform;
  const balancer = (role: Role) => ({
    place: regions[role].name,
    host: regionDomain(platform, role),
    port: edge.httpsPort,
    name: domain.name,
  });
  const endpoint = (place: 'standby' | 'witness') => {
    const host = endpointDomain(platform, place);
    return { place: regions[place].name, host, port: HTTPS_PORT, name: host };
  };
  return [balancer('home'), balancer('standby'), endpoint('standby'), endpoint('witness')];
}
