import { pullThroughPrefix } from '../../lib/config/names';
import type { Image, Platform, Service } from '../../lib/config/platform';

/**
 * An image of a task definition as a platform file writes it.
 * @param image without the registry's host: `ops-center/backend:1.4.2`
 * @returns `backend:1.4.2`, or `public.ecr.aws/nginx/nginx:1.29`; as it is if it comes from elsewhere
 */
export function asInFile(platform: Platform, { image: own }: Service, image: string): string {
  if (own.kind === 'own') return without(image, `${platform.name}/`) ?? image;
  const rest = without(image, `${pullThroughPrefix(platform, own.registry)}/`);
  return rest === undefined ? image : `${own.registry}/${rest}`;
}

const without = (text: string, beginning: string): string | undefined =>
  text.startsWith(beginning) ? text.slice(beginning.length) : undefined;

/** The image that the file names now, in the same words. */
export function wantedImage({ image }: Service): string {
  const { repository, reference } = image;
  return `${image.kind === 'own' ? repository : `${image.registry}/${repository}`}${referenceText(reference)}`;
}

const referenceText = (reference: Image['reference']): string =>
  'tag' in reference ? `:${reference.tag}` : `@${reference.digest}`;
