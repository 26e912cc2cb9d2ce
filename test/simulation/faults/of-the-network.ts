import { PLACES, type Place, REGIONS, SIDES } from '../world/places';
import type { Simulation } from '../world/simulation';
import { type Fault, type FaultKind, sideOf, whileIt } from './fault';

const ANYWHERE: readonly Place[] = PLACES;

/** Takes a region away as a whole, processes and all. */
function kill(simulation: Simulation, { where }: Fault): () => void {
  simulation.network.setDead(where, true);
  const side = SIDES.find((name) => name === where);
  if (side) {
    simulation.agents[side].killAll();
    for (const server of simulation.servers) if (server.place === side) server.stop();
  }
  return () => {
    simulation.network.setDead(where, false);
    if (!side) return;
    // A database comes back by itself, some time after its region.
    const { rds } = sideOf(simulation, side);
    simulation.scheduler.after(simulation.random.faults.between(2_000, 40_000), () => {
      if (simulation.network.isDead(where)) return;
      for (const { server, status } of rds.instances.values()) {
        if (status !== 'creating' && status !== 'rebooting') server.start();
      }
    });
  };
}

export const OF_THE_NETWORK: Readonly<Record<string, FaultKind>> = {
  'region dies': {
    says: ({ where }) => `the region ${where} dies`,
    begin: kill,
    places: REGIONS,
    seconds: [30, 400],
  },
  'region cut off': {
    says: ({ where }) => `${where} is cut off from the other regions, though not from its users`,
    begin: ({ network }, { where }) => whileIt((count) => network.isolate(where, REGIONS, count)),
    places: REGIONS,
    seconds: [5, 300],
  },
  'one-way cut': {
    says: ({ where, to }) => `no message from ${where} reaches ${to}`,
    begin: ({ network }, { where, to }) => whileIt((count) => network.cut(where, to, count)),
    places: ANYWHERE,
    seconds: [5, 300],
  },
  'two-way cut': {
    says: ({ where, to }) => `${where} and ${to} do not reach each other`,
    begin: ({ network }, { where, to }) => whileIt((count) => network.isolate(where, [to], count)),
    places: ANYWHERE,
    seconds: [5, 300],
  },
  'slow messages': {
    says: ({ where, to, size }) => `messages from ${where} to ${to} take ${Math.round(size)} ms more`,
    begin: ({ network }, { where, to, size }) => whileIt((count) => network.slow(where, to, count * size)),
    places: ANYWHERE,
    seconds: [10, 200],
    size: [100, 6_000],
  },
  'slow messages within a region': {
    says: ({ where, size }) => `messages within ${where} take ${Math.round(size)} ms more`,
    begin: ({ network }, { where, size }) => whileIt((count) => network.slow(where, where, count * size)),
    places: SIDES,
    seconds: [10, 120],
    size: [100, 5_000],
  },
  'messages lost': {
    says: ({ size }) => `${Math.round(size * 100)} % of the messages between places are lost`,
    begin: ({ network }, { size }) =>
      whileIt((count) => {
        network.lossShare = Math.max(0, network.lossShare + count * size);
      }),
    places: ['users'],
    seconds: [10, 200],
    size: [0.01, 0.4],
  },
  'messages astray': {
    says: ({ size }) => `${Math.round(size * 100)} % of all messages arrive up to 40 s late`,
    begin: ({ network }, { size }) =>
      whileIt((count) => {
        network.strayShare = Math.max(0, network.strayShare + count * size);
      }),
    places: ['users'],
    seconds: [10, 200],
    size: [0.1, 0.6],
  },
  'false answers of health checks': {
    says: ({ size }) => `${Math.round(size * 100)} % of the health checks' results are false`,
    begin: ({ dns }, { size }) =>
      whileIt((count) => {
        dns.lyingShare = Math.max(0, dns.lyingShare + count * size);
      }),
    places: ['checkers'],
    seconds: [30, 300],
    size: [0.1, 1],
    sparesTakeover: true,
  },
};
