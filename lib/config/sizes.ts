import type { z } from 'zod';
import type { SizeName } from './schema/primitives';
import type { interfaceEndpoint } from './schema/regions';

/** What a size preset gives for every number that a platform file leaves out. */
export interface SizePreset {
  readonly service: {
    /** vCPU and MiB of one task, before rounding to what Fargate has. */
    readonly cpu: number;
    readonly memory: number;
    readonly minReplicas: number;
    readonly maxReplicas: number;
  };
  readonly database: {
    readonly cpu: number;
    readonly memoryGib: number;
    readonly storageGib: number;
    readonly maxConnections: number;
    /** Whether the class may be of the burstable family. */
    readonly burstable: boolean;
  };
  readonly cacheNodeClass: string;
  /** Class of each node of a RabbitMQ broker. */
  readonly brokerClass: string;
  /** One NAT gateway in each zone survives the loss of a zone; a single one is a third of the price. */
  readonly natPerZone: boolean;
  /** Endpoints whose traffic at this size is expected to cost more through NAT than through them. */
  readonly interfaceEndpoints: readonly z.output<typeof interfaceEndpoint>[];
}

export const SIZES: Readonly<Record<SizeName, SizePreset>> = {
  small: {
    service: { cpu: 0.5, memory: 1024, minReplicas: 2, maxReplicas: 4 },
    database: { cpu: 2, memoryGib: 4, storageGib: 50, maxConnections: 200, burstable: true },
    cacheNodeClass: 'cache.t4g.small',
    brokerClass: 'mq.m7g.medium',
    natPerZone: false,
    interfaceEndpoints: [],
  },
  medium: {
    service: { cpu: 1, memory: 2048, minReplicas: 3, maxReplicas: 6 },
    database: { cpu: 2, memoryGib: 8, storageGib: 100, maxConnections: 400, burstable: false },
    cacheNodeClass: 'cache.t4g.medium',
    brokerClass: 'mq.m7g.large',
    natPerZone: true,
    interfaceEndpoints: [],
  },
  large: {
    service: { cpu: 2, memory: 4096, minReplicas: 5, maxReplicas: 10 },
    database: { cpu: 4, memoryGib: 16, storageGib: 400, maxConnections: 800, burstable: false },
    cacheNodeClass: 'cache.m7g.large',
    brokerClass: 'mq.m7g.large',
    natPerZone: true,
    interfaceEndpoints: ['logs'],
  },
};

/** A task size that Fargate offers: CPU units (1024 = 1 vCPU) and MiB. */
export interface TaskSize {
  readonly cpuUnits: number;
  readonly memoryMib: number;
}

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

/**
 * CPU and memory pairs of Fargate.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
export const FARGATE_SIZES: readonly TaskSize[] = [
  { cpuUnits: 256, memory: [512, 1024, 2048] },
  { cpuUnits: 512, memory: range(1024, 4096, 1024) },
  { cpuUnits: 1024, memory: range(2048, 8192, 1024) },
  { cpuUnits: 2048, memory: range(4096, 16_384, 1024) },
  { cpuUnits: 4096, memory: range(8192, 30_720, 1024) },
  { cpuUnits: 8192, memory: range(16_384, 61_440, 4096) },
  { cpuUnits: 16_384, memory: range(32_768, 122_880, 8192) },
].flatMap(({ cpuUnits, memory }) => memory.map((memoryMib) => ({ cpuUnits, memoryMib })));

/**
 * Smallest Fargate size that has both.
 * @param cpu vCPU
 * @param memoryMib MiB
 * @returns undefined if even the largest is too small
 */
export function fargateSize(cpu: number, memoryMib: number): TaskSize | undefined {
  return FARGATE_SIZES.find((size) => size.cpuUnits >= cpu * 1024 && size.memoryMib >= memoryMib);
}

/**
 * What the collector of metrics beside a task may take at most, out of the memory of the task: Fargate's next size would
 * be a whole GiB more, which costs more than all that the collector does.
 */
export const COLLECTOR_MIB = 160;

/** An RDS instance class with what it has. */
export interface DatabaseClass {
  readonly name: string;
  readonly cpu: number;
  readonly memoryGib: number;
}

/** Classes that run PostgreSQL Multi-AZ on Graviton, cheapest first within each family. */
const BURSTABLE: readonly DatabaseClass[] = [
  { name: 'db.t4g.small', cpu: 2, memoryGib: 2 },
  { name: 'db.t4g.medium', cpu: 2, memoryGib: 4 },
  { name: 'db.t4g.large', cpu: 2, memoryGib: 8 },
  { name: 'db.t4g.xlarge', cpu: 4, memoryGib: 16 },
  { name: 'db.t4g.2xlarge', cpu: 8, memoryGib: 32 },
];
const STEADY: readonly DatabaseClass[] = [
  { name: 'db.m7g.large', cpu: 2, memoryGib: 8 },
  { name: 'db.r7g.large', cpu: 2, memoryGib: 16 },
  { name: 'db.m7g.xlarge', cpu: 4, memoryGib: 16 },
  { name: 'db.r7g.xlarge', cpu: 4, memoryGib: 32 },
  { name: 'db.m7g.2xlarge', cpu: 8, memoryGib: 32 },
  { name: 'db.r7g.2xlarge', cpu: 8, memoryGib: 64 },
  { name: 'db.m7g.4xlarge', cpu: 16, memoryGib: 64 },
  { name: 'db.r7g.4xlarge', cpu: 16, memoryGib: 128 },
  { name: 'db.m7g.8xlarge', cpu: 32, memoryGib: 128 },
  { name: 'db.r7g.8xlarge', cpu: 32, memoryGib: 256 },
  { name: 'db.m7g.12xlarge', cpu: 48, memoryGib: 192 },
  { name: 'db.r7g.12xlarge', cpu: 48, memoryGib: 384 },
  { name: 'db.m7g.16xlarge', cpu: 64, memoryGib: 256 },
  { name: 'db.r7g.16xlarge', cpu: 64, memoryGib: 512 },
];
export const DATABASE_CLASSES: readonly DatabaseClass[] = [...BURSTABLE, ...STEADY];

/**
 * Smallest class that has both.
 * @param burstable whether a class with CPU credits will do
 * @returns undefined if even the largest is too small
 */
export function databaseClass(cpu: number, memoryGib: number, burstable: boolean): DatabaseClass | undefined {
  const fits = (c: DatabaseClass) => c.cpu >= cpu && c.memoryGib >= memoryGib;
  return (burstable ? BURSTABLE.find(fits) : undefined) ?? STEADY.find(fits);
}
