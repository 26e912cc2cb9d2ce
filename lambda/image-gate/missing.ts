import type { Cloud } from './ports';
import { type GatedService, imageName } from './service';

/**
 * What a task needs before it can start, and what only a person can give. A task without it fails, and after some
 * such tasks ECS rolls the deployment back, and CloudFormation the whole stack.
 */
export interface Missing {
  /** Undefined: it is there. */
  readonly image: string | undefined;
  /** Names of secrets without a value. */
  readonly secrets: readonly string[];
  /** Secret of a login that holds only what AWS generated. */
  readonly login: string | undefined;
}

/** @returns all that is missing; undefined if nothing is */
export async function missingOf(
  { image, secrets, login }: GatedService,
  cloud: Pick<Cloud, 'images' | 'secrets'>,
): Promise<Missing | undefined> {
  const [imageThere, loginSet, ...set] = await Promise.all([
    image === undefined || cloud.images.exists(image.repository, image.reference),
    login === undefined || cloud.secrets.wasSet(login),
    ...secrets.map((name) => cloud.secrets.hasValue(name)),
  ]);
  if (imageThere && loginSet && set.every(Boolean)) return undefined;
  return {
    image: image && !imageThere ? imageName(image) : undefined,
    secrets: secrets.filter((_, index) => !set[index]),
    login: loginSet ? undefined : login,
  };
}

/** One sentence for who deploys: why the service waits, and what makes it start. */
export function waitingSentence(service: string, missing: Missing): string {
  const what = [...(missing.image ? [`there is no image ${missing.image} yet`] : []), ...unset(missing)];
  const toSet = pronoun(missing);
  const then = missing.image
    ? `${toSet ? `Set ${toSet} and push` : 'Push'} the image; then it starts by itself.`
    : `Set ${toSet}, then say: npx holdfast start ${service}`;
  return `${service} waits: ${listed(what)}. ${then}`;
}

/** One sentence for who updates a service that runs. */
export function refusalSentence(service: string, missing: Missing): string {
  const what = listed([...(missing.image ? [`there is no image ${missing.image}`] : []), ...unset(missing)]);
  const toSet = pronoun(missing);
  const first = [...(toSet ? [`set ${toSet}`] : []), ...(missing.image ? ['push the image'] : [])];
  return (
    `${what.charAt(0).toUpperCase()}${what.slice(1)}. The service ${service} runs and was not changed; ` +
    `${first.join(' and ')} first, then deploy again.`
  );
}

function unset({ secrets, login }: Missing): string[] {
  const one = secrets.length === 1;
  return [
    ...(secrets.length > 0
      ? [`the secret${one ? '' : 's'} ${listed(secrets, '')} ${one ? 'has' : 'have'} no value`]
      : []),
    ...(login === undefined ? [] : [`the login ${login} was never set`]),
  ];
}

/** How what must be set is called afterwards; undefined if nothing must. */
function pronoun({ secrets, login }: Missing): string | undefined {
  const count = secrets.length + (login === undefined ? 0 : 1);
  return count === 0 ? undefined : count === 1 ? 'it' : 'them';
}

/** `a`, `a, and b`, `a, b, and c`; of names `a and b`, without the last comma. */
function listed(parts: readonly string[], comma = ','): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')}${comma} and ${parts.at(-1)}`;
}
