import type { Properties } from '../../lambda/image-gate/contract';
import { UPSTREAM_REGISTRIES } from '../config/image';
import { clusterName, fileSecret, registryLogin, repositoryName, secretName } from '../config/names';
import type { Platform, Service } from '../config/platform';
import { sizeText } from '../config/replicas';
import { shiftsTraffic } from '../config/traffic-groups';
import { filesOf } from './configuration-files';
import { secretsOf } from './task-environment';

/**
 * What the image gate must know of a service: where its image is, what must be set before a task can start, and how many
 * tasks are wanted. The same in both regions, because which of them leads is in no template.
 */
export function gateProperties(platform: Platform, service: Service): Properties {
  return {
    ...imageOf(platform, service),
    Cluster: clusterName(platform),
    Service: service.name,
    Serving: sizeText(service.replicas.home),
    Standby: sizeText(service.replicas.standby),
    Scaled: service.scaling ? 'true' : 'false',
    Paired: shiftsTraffic(service) ? 'true' : 'false',
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

/** Secrets of the file that AWS does not generate, and configuration files, as far as the service reads them. */
function setByAPerson(platform: Platform, service: Service): string[] {
  const read = secretsOf(service);
  const secrets = platform.secrets.filter(({ name, generate }) => !generate && read.includes(name));
  return [...secrets, ...filesOf(platform, service).map(({ name }) => ({ name: fileSecret(name) }))].map(
    ({ name }) => name,
  );
}
