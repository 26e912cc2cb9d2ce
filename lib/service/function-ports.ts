import type { Service } from '../config/platform';

/**
 * Ports of a task that functions of Holdfast ask, with who is told as the source; each port once, because AWS refuses a
 * rule that a security group has already.
 */
export function functionPorts({
  readiness,
  deepHealth,
}: Pick<Service, 'readiness' | 'deepHealth'>): ReadonlyMap<number, string> {
  return new Map([
    ...(deepHealth ? [[deepHealth.containerPort, 'From the questions for deep health'] as const] : []),
    // Of two on one port the last one names it.
    ...(readiness ? [[readiness.containerPort, 'From the readiness gate'] as const] : []),
  ]);
}
