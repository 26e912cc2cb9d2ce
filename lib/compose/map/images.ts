import { parseImage, UPSTREAM_REGISTRIES } from '../../config/image';
import type { ComposeService } from '../project';
import { slugOf } from './names';
import type { Scene } from './scene';

const REPOSITORY = /^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** For an image that has never had a tag of its own. */
const FIRST_TAG = '1.0.0';

/** Names the images of services: those that are built, or come from a registry of one's own, are pushed by a person. */
export class Images {
  readonly #built = new Map<string, string>();

  constructor(private readonly scene: Scene) {}

  /** @returns the image as a platform file names it */
  of(service: ComposeService): string {
    const { image, build } = service;
    if (build) return this.#ofBuild(service, build.key, build.context);
    return image === undefined ? this.#unnamed(service) : this.#named(service, image);
  }

  #ofBuild(service: ComposeService, key: string, context: string): string {
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const asked = service.image === undefined ? undefined : parseImage(service.image);
    const tag = asked && 'tag' in asked.reference ? asked.reference.tag : undefined;
    const repository = plainRepository(asked?.repository ?? slugOf(service.name, 40, 'app'));
    const image = `${repository}:${usableTag(tag)}`;
    this.#built.set(key, image);
    this.scene.report.toDo(
      [...service.path, 'build'],
      `the image ${image}`,
      `it is built from ${context} and kept in a repository of the platform.`,
      'Build it for linux/amd64 and push it after the first deployment; its tags cannot be written over.',
    );
    return image;
  }

  #unnamed({ name, path }: ComposeService): string {
    const image = `${slugOf(name, 40, 'app')}:${FIRST_TAG}`;
    this.scene.report.guessed(
      path,
      `the image ${image}`,
      'the service has neither image nor build.',
      'Name its image.',
    );
    return image;
  }

  #named(service: ComposeService, text: string): string {
    const at = [...service.path, 'image'];
    const image = parseImage(text);
    const digest = 'digest' in image.reference ? image.reference.digest : undefined;
    const tag = 'tag' in image.reference ? image.reference.tag : undefined;
    const isPublic = image.kind === 'own' || Object.hasOwn(UPSTREAM_REGISTRIES, image.registry);
    const reference = digest && /^sha256:[a-f0-9]{64}$/.test(digest) ? `@${digest}` : undefined;
    if (!isPublic) {
      const own = `${plainRepository(image.repository)}${reference ?? `:${usableTag(tag)}`}`;
      this.scene.report.toDo(
        at,
        `the image ${own}`,
        `${image.registry} cannot be pulled through ECR.`,
        'Push it into the repository of the platform after the first deployment.',
      );
      return own;
    }
    if (reference === undefined && (tag === undefined || tag === 'latest' || !TAG.test(tag)))
      this.scene.report.guessed(
        at,
        `the tag of ${image.repository}`,
        'latest is another image every day, so both regions may run different ones.',
        'Name a version.',
      );
    // Without a registry Compose means Docker Hub; a platform file would mean an own image.
    const registry = image.kind === 'own' ? 'docker.io' : image.registry;
    const end = reference ?? `:${tag !== undefined && TAG.test(tag) ? tag : 'latest'}`;
    return `${registry}/${plainRepository(image.repository)}${end}`;
  }
}

const usableTag = (tag: string | undefined): string =>
  tag === undefined || tag === 'latest' || !TAG.test(tag) ? FIRST_TAG : tag;

/** A name that ECR takes; one that it takes already stays as it is. */
function plainRepository(text: string): string {
  if (REPOSITORY.test(text)) return text;
  const parts = text
    .toLowerCase()
    .split('/')
    .map((part) => part.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, ''))
    .filter((part) => part !== '');
  return parts.length === 0 ? 'app' : parts.join('/');
}
