import type { Simulation } from '../world/simulation';
import type { Fault, FaultKind } from './fault';
import { OF_AWS } from './of-aws';
import { OF_PEOPLE } from './of-people';
import { OF_THE_AGENTS } from './of-the-agents';
import { OF_THE_DATABASE } from './of-the-database';
import { OF_THE_NETWORK } from './of-the-network';
import { OF_THE_TABLE } from './of-the-table';

/** Every kind of fault by its name. */
export const FAULTS: Readonly<Record<string, FaultKind>> = {
  ...OF_THE_NETWORK,
  ...OF_THE_TABLE,
  ...OF_THE_AGENTS,
  ...OF_THE_DATABASE,
  ...OF_AWS,
  ...OF_PEOPLE,
};

/** @throws {RangeError} if there is no such kind */
export function kindOf({ kind }: Pick<Fault, 'kind'>): FaultKind {
  const found = FAULTS[kind];
  if (!found) throw new RangeError(`There is no fault "${kind}".`);
  return found;
}

/** Makes a fault happen in its time, counts it and tells of it. */
export function plan(simulation: Simulation, fault: Fault): void {
  const kind = kindOf(fault);
  const { scheduler } = simulation;
  scheduler.at(fault.atMs, () => {
    simulation.count(fault.kind);
    simulation.note('It happens:', `${kind.says(fault)}.`);
    const end = kind.begin(simulation, fault);
    if (!end || fault.forMs === Number.POSITIVE_INFINITY) return;
    scheduler.after(fault.forMs, () => {
      simulation.note('It is over:', `${kind.says(fault)}.`);
      end();
    });
  });
}
