import type { PlatformInput } from '../../config/schema/platform';
import type { ComposeService, Healthcheck } from '../project';
import type { Report } from '../report';

type HealthInput = NonNullable<PlatformInput['services'][string]['health']>;

/** What a check of Compose asks by HTTP. */
export interface HttpCheck {
  readonly path: string;
  /** Undefined: the port of the scheme. */
  readonly port: number | undefined;
}

/** @returns undefined if the check asks nothing by HTTP */
export function httpCheck({ healthcheck, name }: ComposeService): HttpCheck | undefined {
  if (!healthcheck || healthcheck.isDisabled) return undefined;
  const text = healthcheck.test.join(' ');
  for (const [, host = '', port, rest = '/'] of text.matchAll(
    /https?:\/\/(\[[\da-f:]+\]|[\w.$(){}-]+?)(?::(\d+))?(\/[^\s'"`|;)\\]*)?(?=[\s'"`|;)\\]|$)/gi,
  )) {
    const isSelf = /^(localhost|127\.|0\.0\.0\.0|\[::1?\]|\$)/i.test(host) || host === name;
    const path = /^\/[\w\-./~%]*/.exec(rest)?.[0] ?? '/';
    if (isSelf) return { path: path.slice(0, 1024), port: port === undefined ? undefined : Number(port) };
  }
  return undefined;
}

/** What the platform file may say, and what it says by default. */
const BOUNDS = {
  interval: { min: 5, max: 300, default: 30 },
  timeout: { min: 2, max: 120, default: 5 },
  retries: { min: 2, max: 10, default: 3 },
  start: { min: 0, max: 3600, default: 60 },
} as const;

/** The times of a check, within what a balancer can do; each that differs is told. */
export function healthTimes(
  { path, healthcheck }: ComposeService,
  report: Report,
): Omit<HealthInput, 'path' | 'port'> {
  if (!healthcheck) return {};
  const within = (
    key: keyof typeof BOUNDS,
    asked: number | undefined,
    ceiling = Number.POSITIVE_INFINITY,
  ): number => {
    const { min, max, default: usual } = BOUNDS[key];
    const value = Math.max(min, Math.min(max, ceiling, Math.ceil(asked ?? usual)));
    if (asked !== undefined && value !== asked)
      report.changed(
        [...path, 'healthcheck'],
        `the ${key} of ${asked} becomes ${value}`,
        'a balancer allows no other.',
      );
    return value;
  };
  const interval = within('interval', healthcheck.intervalSeconds);
  const timeout = within('timeout', healthcheck.timeoutSeconds, interval - 1);
  return {
    ...unlessDefault('intervalSeconds', interval, BOUNDS.interval.default),
    ...unlessDefault('timeoutSeconds', timeout, BOUNDS.timeout.default),
    ...unlessDefault('unhealthyThreshold', within('retries', healthcheck.retries), BOUNDS.retries.default),
    ...graceOf(healthcheck, within),
  };
}

const graceOf = (
  { startSeconds }: Healthcheck,
  within: (key: 'start', asked: number | undefined) => number,
): Pick<HealthInput, 'graceSeconds'> =>
  startSeconds === undefined ? {} : { graceSeconds: within('start', startSeconds) };

const unlessDefault = (key: string, value: number, usual: number): Record<string, number> =>
  value === usual ? {} : { [key]: value };
