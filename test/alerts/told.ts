import type { Published } from './road-end';

/** The message of the alert manager, as the relay reads it. */
export interface Told {
  readonly version: number;
  readonly source: string;
  readonly platform: string;
  readonly region: string;
  readonly receiver: string;
  readonly status: string;
  readonly firing: number;
  readonly resolved: number;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly externalURL: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt?: string;
    readonly fingerprint: string;
    readonly generatorURL: string;
  }[];
}

/** @throws Error with the message if it is no JSON */
export function read({ message }: Published): Told {
  try {
    return JSON.parse(message) as Told;
  } catch (cause) {
    throw new Error(`a message is no JSON: ${message}`, { cause });
  }
}

/** Messages for a receiver, oldest first. */
export const toldTo = (published: readonly Published[], receiver: string): Told[] =>
  published.filter(({ attributes }) => attributes.receiver === receiver).map(read);

/** `name region service`: what tells the alerts of a case apart. */
export const nameOf = (labels: Readonly<Record<string, string>>): string =>
  [labels.alertname, labels.region, labels.service].filter(Boolean).join(' ');
