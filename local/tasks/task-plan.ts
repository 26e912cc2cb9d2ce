import { randomUUID } from 'node:crypto';
import type { Platform, Role, Service } from '../../lib/config/platform';
import type { DeployedContainer } from './deployed-services';
import type { SampleSettings } from './sample-contract';
import type { TaskPlan } from './task';

/** Where a task finds what is around it. */
export interface Surroundings {
  readonly platform: Platform;
  readonly role: Role;
  /** File with the ports of names as they are seen from the region, and what their certificates are trusted by. */
  readonly names: string;
  readonly ca: string;
  /** Queue of the region in the local AWS API; absent where the platform has none. */
  readonly queue?: { readonly name: string; readonly endpoint: string; readonly url: string };
  /** Times of ECS are divided by it. */
  readonly factor: number;
}

/**
 * @param definition ARN of the revision
 * @param container of the revision, with the present values of its secrets
 * @returns what a new task of a service is started with
 */
export function planOf(
  around: Surroundings,
  service: string,
  definition: string,
  { environment, login, stopSeconds, ports }: DeployedContainer,
): TaskPlan {
  const { platform, role, factor } = around;
  const region = platform.regions[role].name;
  const described = platform.services.find(({ name }) => name === service);
  const settings: SampleSettings = {
    service,
    region,
    ports,
    ...pathsOf(described),
    ...(login && databaseOf(around, environment, login)),
    ...queueOf(around, region, described),
  };
  return {
    id: randomUUID().slice(0, 8),
    service,
    region,
    definition,
    environment,
    settings,
    stopMs: (stopSeconds * 1000) / factor,
  };
}

function queueOf(
  { queue }: Surroundings,
  region: string,
  service: Service | undefined,
): Pick<SampleSettings, 'queue'> {
  if (!queue || !service?.queues.includes(queue.name)) return {};
  const { endpoint, url } = queue;
  return { queue: { endpoint, region, url, use: service.routes.length > 0 ? 'send' : 'work' } };
}

function databaseOf(
  { names, ca }: Surroundings,
  { DATABASE_HOST: host, DATABASE_NAME: name }: Readonly<Record<string, string>>,
  login: { readonly username: string; readonly password: string },
): Pick<SampleSettings, 'database'> {
  return host === undefined || name === undefined ? {} : { database: { host, name, names, ca, ...login } };
}

function pathsOf(service: Service | undefined): Partial<SampleSettings> {
  return {
    ...(service?.health ? { healthPath: service.health.path } : {}),
    ...(service?.readiness ? { readinessPath: service.readiness.path } : {}),
    ...(service?.metrics ? { metricsPath: service.metrics.path } : {}),
  };
}
