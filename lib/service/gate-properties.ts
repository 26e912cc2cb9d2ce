import type { Properties } from '../../lambda/image-gate/contract';
import { UPSTREAM_REGISTRIES } from '../config/image';
import { clusterName, registryLogin, repositoryName, secretName } from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import { secretsOf } from './task-environment';

/**
 * What the image gate must know of a service in a region: where its image is, what must be set before a task can start,
 * and how many tasks are wanted.
 */
export function gateProperties(platform: Platform, role: Role, service: Service): Properties {
  const { min, desired, max } = service.replicas[role];
  return {
    ...imageOf(platform, service),
    Cluster: clusterName(platform),
    Service: service.name,
    Desired: String(desired),
    Min: String(min),
    Max: String(max),
    Scaled: service.scaling ? 'true' : 'false',
    Secrets: setByAPerson(platform, service).map((name) => secretName(platform, name)),
  };
}

/** How the gate finds the image: in a repository, or behind the login of a public registry. */
function imageOf(
  platform: Platform,
  { image }: Service,
): Pick<Properties, 'Repository' | 'Tag' | 'Digest' | 'Login'> {
  if (image.kind === 'upstream') {
    return UPSTREAM_REGISTRIES[image.registry]?.needsLogin
      ? { Login: registryLogin(platform, image.registry) }
      : {};
  }
  const { reference } = image;
  return {
    Repository: repositoryName(platform, image.repository),
    ...('tag' in reference ? { Tag: reference.tag } : { Digest: reference.digest }),
  };
}

/** Secrets of the file that AWS does not generate, as far as the service reads them. */
function setByAPerson(platform: Platform, service: Service): string[] {
  const read = secretsOf(service);
  return platform.secrets
    .filter(({ name, generate }) => !generate && read.includes(name))
    .map(({ name }) => name);
}
