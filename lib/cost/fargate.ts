import type { Role, Service } from '../config/platform';
import type { TaskSize } from '../config/sizes';
import { HOURS_PER_MONTH } from './part';
import type { Prices } from './prices';

const CPU_UNITS_PER_VCPU = 1024;
const MIB_PER_GIB = 1024;

type Architecture = Service['architecture'];

/** @returns USD a month of one task that runs all the time */
export const taskUsd = (
  prices: Prices,
  { cpuUnits, memoryMib }: TaskSize,
  architecture: Architecture,
): number =>
  HOURS_PER_MONTH * (cpuUnits / CPU_UNITS_PER_VCPU) * prices.fargate.vcpuHour[architecture] +
  memoryUsd(prices, memoryMib, architecture);

/** @returns USD a month of memory of a task that runs all the time */
export const memoryUsd = (prices: Prices, memoryMib: number, architecture: Architecture): number =>
  HOURS_PER_MONTH * (memoryMib / MIB_PER_GIB) * prices.fargate.gibHour[architecture];

/** Tasks of a service that run in a region while nothing happens: home leads, and nobody scales. */
export const tasksOf = ({ replicas }: Service, role: Role): number => replicas[role].desired;
