import type { Routing } from './model';

/**
 * Quotas of Amazon Managed Service for Prometheus on an alert manager definition. The size and the longest repetition are
 * fixed; the other three are defaults that AWS raises on request.
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
 */
export const ALERT_MANAGER_LIMITS = {
  /** "1 Megabyte": the smaller meaning of it. */
  definitionBytes: 1_000_000,
  /** Routes with the one at the root. */
  routes: 100,
  inhibitions: 100,
  /** Longer ones are taken for five days without a word. */
  repeatSeconds: 5 * 86_400,
} as const;

type Limit = keyof typeof ALERT_MANAGER_LIMITS;

/** An alert manager definition that AWS would refuse, or not keep as it is written. */
export class AlertManagerLimitError extends Error {
  override readonly name = 'AlertManagerLimitError';
  constructor(
    readonly limit: Limit,
    readonly value: number,
    message: string,
  ) {
    super(`alerts: ${message}`);
  }
}

const TOO_MUCH: Readonly<Record<Limit, (value: number) => string>> = {
  definitionBytes: (value) =>
    `the definition of the alert manager has ${value} bytes; allowed: ${ALERT_MANAGER_LIMITS.definitionBytes}. Use fewer receivers and routes.`,
  routes: (value) =>
    `the alert manager has ${value} routes, two of them Holdfast's own; allowed: ${ALERT_MANAGER_LIMITS.routes}. A route may name several severities, components and teams.`,
  inhibitions: (value) =>
    `the alert manager has ${value} inhibition rules; allowed: ${ALERT_MANAGER_LIMITS.inhibitions}.`,
  repeatSeconds: (value) =>
    `a message is repeated after ${value} s; allowed: ${ALERT_MANAGER_LIMITS.repeatSeconds}, which is five days.`,
};

/**
 * @param definition the rendered YAML
 * @throws AlertManagerLimitError
 */
export function checkLimits(routing: Routing, definition: string): void {
  const timings = [routing.timing, ...routing.routes.flatMap(({ timing }) => timing ?? [])];
  const values: Readonly<Record<Limit, number>> = {
    definitionBytes: Buffer.byteLength(definition),
    routes: routing.routes.length + 1,
    inhibitions: routing.inhibitions.length,
    repeatSeconds: Math.max(...timings.map(({ repeatSeconds }) => repeatSeconds)),
  };
  for (const limit of ['definitionBytes', 'routes', 'inhibitions', 'repeatSeconds'] as const) {
    const value = values[limit];
    if (value > ALERT_MANAGER_LIMITS[limit]) {
      throw new AlertManagerLimitError(limit, value, TOO_MUCH[limit](value));
    }
  }
}
