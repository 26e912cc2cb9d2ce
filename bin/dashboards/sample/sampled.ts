import type { Platform, Role } from '../../../lib/config/platform';
import { isHeard, noise, traffic } from './day';

/** One series of the sample day. */
export interface Sampled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Value at a minute of the day, or growth a second where it is a counter; undefined: nothing is heard. */
  readonly at: (minute: number) => number | undefined;
  readonly counts?: boolean;
}

/** A region on the sample day. */
export interface Place {
  readonly platform: Platform;
  readonly role: Role;
  readonly region: string;
}

export const placeOf = (platform: Platform, role: Role): Place => ({
  platform,
  role,
  region: platform.regions[role].name,
});

type Labels = Readonly<Record<string, string>>;
type Value = (minute: number) => number | undefined;

/** Series of a region, silent while nothing is heard of it. */
export function inRegion({ platform, role, region }: Place) {
  const common = { platform: platform.name, region, role };
  const made = (counts: boolean) => (name: string, labels: Labels, value: Value) => ({
    name,
    labels: { ...common, ...labels },
    at: (minute: number) => (isHeard(role, minute) ? value(minute) : undefined),
    counts,
  });
  return { gauge: made(false), counter: made(true) };
}

/** A value that wavers around a middle, by a share of it. */
export const about = (of: string, middle: number, minute: number, by = 0.1): number =>
  middle * (1 + by * (2 * noise(of, minute) - 1));

/** Requests a second that reach a region. */
export const REQUESTS_AT_PEAK = 420;
export const requests = ({ role }: Place, minute: number): number =>
  about(`requests ${role}`, REQUESTS_AT_PEAK * traffic(role, minute), minute, 0.06);
