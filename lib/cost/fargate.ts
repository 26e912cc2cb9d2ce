import type { Role, Service } from '../config/platform';
import type { TaskSize } from '../config/sizes';
import { HOURS_PER_MONTH } from './part';
import { PRICES } from './prices';

const CPU_UNITS_PER_VCPU = 1024;
const MIB_PER_GIB = 1024;

type Architecture = Service['architecture'];

/** @returns USD a month of one task that runs all the time */
export const taskUsd = ({ cpuUnits, memoryMib }: TaskSize, architecture: Architecture): number =>
  HOURS_PER_MONTH * (cpuUnits / CPU_UNITS_PER_VCPU) * PRICES.fargate.vcpuHour[architecture] +
  memoryUsd(memoryMib, architecture);

/** @returns USD a month of memory of a task that runs all the time */
export const memoryUsd = (memoryMib: number, architecture: Architecture): number =>
  HOURS_PER_MONTH * (memoryMib / MIB_PER_GIB) * PRICES.fargate.gibHour[architecture];

/** Tasks of a service that run in a region while nothing happens: home leads, and nobody scales. */
export const tasksOf = ({ replicas }: Service, role: Role): number => replicas[role].desired;
