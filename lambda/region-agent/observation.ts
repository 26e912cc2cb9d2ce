import type { Answer, DatabaseStatus, FleetStatus, InstanceStatus, RebuildStatus } from './ports';

/** Something that was looked at: what it is, or why that is not known. */
export type Seen<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** What one turn has looked at; a part that is absent was not looked at. */
export interface Observation {
  readonly database?: Seen<DatabaseStatus>;
  /** Its value is undefined if there is no such instance. */
  readonly instance?: Seen<InstanceStatus | undefined>;
  readonly rebuild?: Seen<RebuildStatus>;
  readonly fleet?: Seen<FleetStatus>;
  readonly fromHere?: Seen<Answer>;
  readonly fromWitness?: Seen<Answer>;
  readonly ownSide?: Seen<Answer>;
}

/** The parts of an observation. */
export type Part = keyof Observation;

/** @returns the value of a part, undefined if it was not looked at or is not known */
export const ifKnown = <T>(seen: Seen<T> | undefined): T | undefined =>
  seen?.known ? seen.value : undefined;

/** @returns why a part is not known, as a sentence; nothing if it is known */
export function whyNot(seen: Seen<unknown> | undefined): string {
  if (seen === undefined) return 'It was not looked at.';
  if (seen.known) return '';
  return seen.why.endsWith('.') ? seen.why : `${seen.why}.`;
}
