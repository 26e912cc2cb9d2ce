import type { Image, ImageReference, Platform } from './platform';

/**
 * Public registries that a pull-through cache of ECR can stand in for, and whether each asks for a login.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const UPSTREAM_REGISTRIES: Readonly<Record<string, { readonly needsLogin: boolean }>> = {
  'public.ecr.aws': { needsLogin: false },
  'registry.k8s.io': { needsLogin: false },
  'quay.io': { needsLogin: false },
  'docker.io': { needsLogin: true },
  'ghcr.io': { needsLogin: true },
  'registry.gitlab.com': { needsLogin: true },
};

/**
 * What the archiver runs in as a container: Lambda's own image, which has the Node and the certificates of RDS that the
 * function has.
 */
export const ARCHIVER_IMAGE = { registry: 'public.ecr.aws', repository: 'lambda/nodejs', tag: '24' } as const;

/**
 * The collector of metrics: AWS's distribution of OpenTelemetry's. Metrics are named, and the configuration is written, as
 * this release wants them; a new release is looked through before it is named here.
 * https://github.com/aws-observability/aws-otel-collector/releases
 */
export const COLLECTOR_IMAGE = {
  registry: 'public.ecr.aws',
  repository: 'aws-observability/aws-otel-collector',
  tag: 'v0.49.0',
} as const;

/** What the region's collector asks, likewise by the release whose names of metrics `lib/monitoring/metrics` gives. */
export const EXPORTER_IMAGES = {
  postgres: { registry: 'quay.io', repository: 'prometheuscommunity/postgres-exporter', tag: 'v0.20.1' },
  cache: { registry: 'quay.io', repository: 'oliver006/redis_exporter', tag: 'v1.88.0' },
  cloudwatch: {
    registry: 'quay.io',
    repository: 'prometheuscommunity/yet-another-cloudwatch-exporter',
    tag: 'v0.67.0',
  },
} as const;

/** What writes configuration files into a task: a shell and no more. Docker's own copy of its official image. */
export const FILES_IMAGE = {
  registry: 'public.ecr.aws',
  repository: 'docker/library/busybox',
  tag: '1.37',
} as const;

/**
 * Reads an image as Docker does: the first component is a registry if it has a dot or a port, or is `localhost`;
 * everything else is an image of the platform's own.
 * @param text for example `backend:1.4.0` or `public.ecr.aws/nginx/nginx:1.29` or `backend@sha256:...`
 */
export function parseImage(text: string): Image {
  const { path, reference } = splitReference(text);
  const slash = path.indexOf('/');
  const first = path.slice(0, slash);
  if (slash > 0 && (/[.:]/.test(first) || first === 'localhost')) {
    const repository = path.slice(slash + 1);
    // Docker itself adds this folder to the names of its own images; a cache of ECR does not.
    const official = first === 'docker.io' && !repository.includes('/');
    return {
      kind: 'upstream',
      registry: first,
      repository: official ? `library/${repository}` : repository,
      reference,
    };
  }
  return { kind: 'own', repository: path, reference };
}

/** A digest wins over a tag, as in Docker: `name:tag@sha256:...` names the bytes. */
function splitReference(text: string): { path: string; reference: ImageReference } {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  // A colon before the last slash belongs to the port of a registry.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const path = colon < 0 ? named : named.slice(0, colon);
  if (at >= 0) return { path, reference: { digest: text.slice(at + 1) } };
  return { path, reference: { tag: colon < 0 ? 'latest' : named.slice(colon + 1) } };
}

/** Names of the own images of a platform, each once. */
export const ownImages = (platform: Platform): string[] =>
  each(platform, (image) => (image.kind === 'own' ? image.repository : undefined));

/** Registries of the other images, Holdfast's own among them, each once. */
export const upstreamRegistries = (platform: Platform): string[] => {
  const ofServices = each(platform, (image) => (image.kind === 'upstream' ? image.registry : undefined));
  const { archive } = platform.backup;
  const own = archive.enabled && archive.mode === 'service' ? [ARCHIVER_IMAGE.registry] : [];
  const files = Object.keys(platform.files).length > 0 ? [FILES_IMAGE.registry] : [];
  const collectors = platform.monitoring.collectors
    ? [COLLECTOR_IMAGE, ...Object.values(EXPORTER_IMAGES)]
    : [];
  return [
    ...new Set([...ofServices, ...own, ...files, ...collectors.map(({ registry }) => registry)]),
  ].sort();
};

const each = (platform: Platform, name: (image: Image) => string | undefined): string[] =>
  [...new Set(platform.services.flatMap(({ image }) => name(image) ?? []))].sort();
