import { repositoryName } from '../../lib/config/names';
import type { Image, ImageReference, Platform } from '../../lib/config/platform';

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

/*
 * The constructs of the stacks say the same as these two (a test holds them equal); to import them would load the
 * whole CDK.
 */

/** Names of the own images, each once. */
export const ownImages = (platform: Platform): string[] =>
  each(platform, (image) => (image.kind === 'own' ? image.repository : undefined));

/** Registries of the other images, each once. */
export const upstreamRegistries = (platform: Platform): string[] =>
  each(platform, (image) => (image.kind === 'upstream' ? image.registry : undefined));

const each = (platform: Platform, name: (image: Image) => string | undefined): string[] =>
  [...new Set(platform.services.flatMap(({ image }) => name(image) ?? []))].sort();
