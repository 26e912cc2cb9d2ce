import type { Place, SideName } from '../world/places';
import type { Simulation } from '../world/simulation';

/** One thing that goes wrong, or that a person does: data, so that a history can be told, repeated and made shorter. */
export interface Fault {
  readonly kind: string;
  readonly atMs: number;
  /** Infinity: it does not end. Some are over at once, whatever this says. */
  readonly forMs: number;
  readonly where: Place;
  /** The other end of what has two. */
  readonly to: Place;
  /** Share, milliseconds or whatever the kind says; at least 0. */
  readonly size: number;
}

/** What a kind of fault is. */
export interface FaultKind {
  /** As a clause without its time: `the region us-east-1 dies`. */
  says(fault: Fault): string;
  /** @returns how it ends; undefined if it is over at once */
  begin(simulation: Simulation, fault: Fault): (() => void) | undefined;
  /** Where it can be. */
  readonly places: readonly Place[];
  /** Range of its length in seconds, and of its size. */
  readonly seconds: readonly [number, number];
  readonly size?: readonly [number, number];
  /** Whether the fence is defeated by definition: a person edits it, or the clock that it rests on jumps. */
  readonly defeatsFence?: true;
  /** Whether it leaves a takeover by the other side alone if it is at home: invariant 12 still holds then. */
  readonly sparesTakeover?: true;
}

/** Counts and tells of faults by adding to a number while they last. */
export function whileIt(add: (count: 1 | -1) => void): () => void {
  add(1);
  return () => add(-1);
}

/** @throws {TypeError} unless the fault is in a region with an application */
export function sideOf(simulation: Simulation, place: Place): Simulation['sides'][SideName] {
  const { sides } = simulation;
  for (const side of Object.values(sides)) if (side.name === place) return side;
  throw new TypeError(`${place} has no application.`);
}

/** @returns the agent's function of the region in which the fault is */
export const agentOf = (simulation: Simulation, place: Place) =>
  simulation.agents[sideOf(simulation, place).name];
