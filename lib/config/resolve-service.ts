import { parseImage } from './image';
import type { Platform, Route, Service } from './platform';
import { derivedPriority } from './priority';
import { homeReplicas, replaceable, standbyReplicas } from './replicas';
import type { PlatformDocument } from './schema/platform';
import { queuesOf, runsWithTheLead } from './service-queues';
import { COLLECTOR_MIB, fargateSize, SIZES, type TaskSize } from './sizes';

type Document = PlatformDocument;
type ServiceDocument = Document['services'][string];

/**
 * Port that is meant where a file names none: `http`, or the only one there is.
 * @returns its name, or undefined if that is not clear
 */
export function defaultPortName(ports: Readonly<Record<string, number>>): string | undefined {
  const names = Object.keys(ports);
  return names.includes('http') ? 'http' : names.length === 1 ? names[0] : undefined;
}

/** Port of the checks and of the metrics where a file names none: the one that the first route uses. */
export function trafficPortName(service: Pick<ServiceDocument, 'ports' | 'routes'>): string | undefined {
  return service.routes[0]?.port ?? defaultPortName(service.ports);
}

/** vCPU and MiB that a file asks for, with the defaults of its size. */
export function askedTask(document: Document, service: ServiceDocument): { cpu: number; memory: number } {
  const preset = SIZES[document.size].service;
  return { cpu: service.cpu ?? preset.cpu, memory: service.memory ?? preset.memory };
}

/**
 * @param notes gets one sentence for each value that AWS does not have
 * @throws RangeError if a value cannot be had at all; the rules refuse such a file before
 */
export function resolveService(document: Document, name: string, notes: string[]): Service {
  const service = document.services[name];
  if (!service) throw new RangeError(`There is no service ${name}.`);
  const { cpu: _cpu, memory: _memory, health, readiness, deepHealth, metrics, scaling, ...rest } = service;
  const withTheLead = runsWithTheLead(service);
  const asked = homeReplicas(service.replicas, SIZES[document.size].service);
  const home = replaceable(asked, service.replicas, withTheLead);
  const traffic = trafficPortName(service);
  const port = (asked: string | undefined): number => containerPort(name, service, asked ?? traffic);
  const probe = <T extends { port?: string | undefined }>(asked: T) => {
    const { port: portName, ...others } = asked;
    return { ...others, containerPort: port(portName) };
  };
  return {
    ...rest,
    name,
    image: parseImage(service.image),
    task: taskSize(document, name, service, notes),
    replicas: {
      home,
      standby: standbyReplicas(home, service.replicas, document.regions.standby.tier, withTheLead),
    },
    runs: withTheLead ? 'leader' : 'everywhere',
    queues: queuesOf(service, Object.keys(document.queues)),
    routes: service.routes.map((route) => resolveRoute(name, service, route)),
    ...(scaling ? { scaling } : {}),
    ...(health ? { health: probe(health) } : {}),
    ...(readiness ? { readiness: probe(readiness) } : {}),
    ...(deepHealth ? { deepHealth: probe(deepHealth) } : {}),
    ...(metrics
      ? {
          metrics: {
            ...probe(metrics),
            intervalSeconds: metrics.intervalSeconds ?? document.monitoring.scrapeSeconds,
          },
        }
      : {}),
  } satisfies { [K in keyof Service]?: unknown } as Platform['services'][number];
}

function resolveRoute(
  name: string,
  service: ServiceDocument,
  route: ServiceDocument['routes'][number],
): Route {
  const portName = route.port ?? defaultPortName(service.ports);
  if (portName === undefined) throw new RangeError(`services.${name}: a route has no port.`);
  const { port: _port, priority, ...rest } = route;
  return {
    ...rest,
    portName,
    containerPort: containerPort(name, service, portName),
    priority: priority ?? derivedPriority(route),
  } as Route;
}

function containerPort(name: string, service: ServiceDocument, portName: string | undefined): number {
  const port = portName === undefined ? undefined : service.ports[portName];
  if (port === undefined) throw new RangeError(`services.${name} has no port ${portName ?? 'http'}.`);
  return port;
}

/** A collector of metrics beside the application lives within what the file asks for; where that is a lot of it, a note says so. */
function taskSize(document: Document, name: string, service: ServiceDocument, notes: string[]): TaskSize {
  const asked = askedTask(document, service);
  const size = fargateSize(asked.cpu, asked.memory);
  if (!size) {
    throw new RangeError(`services.${name}: no task has ${asked.cpu} vCPU with ${asked.memory} MiB.`);
  }
  const got = [
    ...(size.cpuUnits === asked.cpu * 1024 ? [] : [`${size.cpuUnits / 1024} vCPU`]),
    ...(size.memoryMib === asked.memory ? [] : [`${size.memoryMib} MiB`]),
  ];
  if (got.length > 0) {
    notes.push(
      `services.${name}: AWS Fargate has no task of ${asked.cpu} vCPU with ${asked.memory} MiB; it gets ${got.join(' with ')}.`,
    );
  }
  if (
    document.monitoring.collectors &&
    size.memoryMib - asked.memory < COLLECTOR_MIB &&
    size.memoryMib < 4 * COLLECTOR_MIB
  ) {
    notes.push(
      `services.${name}: of the ${size.memoryMib} MiB of the task the collector of metrics takes up to ${COLLECTOR_MIB}; the application has the rest.`,
    );
  }
  return size;
}
