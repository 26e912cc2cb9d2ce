import { repositoryName } from '../../lib/config/names';
import type { ImageReference, Platform } from '../../lib/config/platform';

/** An image of the platform's own, and the services that run it. */
export interface WantedImage {
  /** As the platform file names it, without tag. */
  readonly image: string;
  readonly repository: string;
  readonly reference: ImageReference;
  readonly services: readonly string[];
}

/** `backend:1.0.0` or `backend@sha256:...` */
export const withReference = (name: string, reference: ImageReference): string =>
  'tag' in reference ? `${name}:${reference.tag}` : `${name}@${reference.digest}`;

/** Own images with their references, each once, in the order of their names. */
export function wantedImages(platform: Platform): WantedImage[] {
  const wanted = new Map<string, WantedImage>();
  for (const { name, image } of platform.services) {
    if (image.kind !== 'own') continue;
    const key = withReference(image.repository, image.reference);
    wanted.set(key, {
      image: image.repository,
      repository: repositoryName(platform, image.repository),
      reference: image.reference,
      services: [...(wanted.get(key)?.services ?? []), name],
    });
  }
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image);
}
