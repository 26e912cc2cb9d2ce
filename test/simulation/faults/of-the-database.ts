import { SIDES } from '../world/places';
import type { Replication } from '../world/replication';
import type { Server } from '../world/server';
import type { Simulation } from '../world/simulation';
import { type Fault, type FaultKind, sideOf, whileIt } from './fault';

/** Does something to the server that stands behind the platform's identifier now, if there is one. */
const onServer =
  (
    work: (server: Server, fault: Fault, simulation: Simulation) => (() => void) | undefined,
  ): FaultKind['begin'] =>
  (simulation, fault) => {
    const { server } = sideOf(simulation, fault.where).rds;
    return server && work(server, fault, simulation);
  };

type Lag = 'receiveLagMs' | 'replayLagMs';

const lagging = (name: Lag, says: FaultKind['says']): FaultKind => ({
  says,
  begin: onServer((server, { size }) => {
    const replication: Replication | undefined = server.replication;
    if (!replication) return undefined;
    return whileIt((count) => {
      server.advance();
      replication[name] += count * size;
    });
  }),
  places: SIDES,
  seconds: [10, 300],
  size: [2_000, 200_000],
});

export const OF_THE_DATABASE: Readonly<Record<string, FaultKind>> = {
  'failover within a region': {
    says: ({ where }) => `the database in ${where} fails over to another zone of its region`,
    begin: onServer((server, _fault, simulation) => {
      if (!server.running) return undefined;
      server.stop();
      server.clock.offsetMs += simulation.random.faults.between(-50, 50);
      return () => {
        if (!simulation.network.isDead(server.place)) server.start();
      };
    }),
    places: SIDES,
    seconds: [60, 120],
    sparesTakeover: true,
  },
  'database out of order': {
    says: ({ where }) => `the database in ${where} is down`,
    begin: onServer((server, _fault, simulation) => {
      if (!server.running) return undefined;
      server.stop();
      return () => {
        if (!simulation.network.isDead(server.place)) server.start();
      };
    }),
    places: SIDES,
    seconds: [100, 500],
    sparesTakeover: true,
  },
  'server paused': {
    says: ({ where, forMs }) =>
      `the database server in ${where} stands still for ${Math.round(forMs / 1000)} s`,
    begin: onServer((server, { forMs }) => {
      server.pause(Math.min(forMs, 3_600_000));
      return undefined;
    }),
    places: SIDES,
    seconds: [2, 150],
    sparesTakeover: true,
  },
  'pg_cron paused': {
    says: ({ where }) => `pg_cron runs no jobs in ${where}`,
    begin: onServer((server) =>
      whileIt((count) => {
        server.cronPaused += count;
      }),
    ),
    places: SIDES,
    seconds: [10, 300],
    sparesTakeover: true,
  },
  'roles locked': {
    says: ({ where }) => `an open transaction in ${where} holds a lock on the application's roles`,
    begin: onServer((server) =>
      whileIt((count) => {
        server.rolesLocked += count;
      }),
    ),
    places: SIDES,
    seconds: [10, 300],
    sparesTakeover: true,
  },
  'replica receives late': lagging(
    'receiveLagMs',
    ({ where, size }) => `the replica in ${where} receives its log ${Math.round(size / 1000)} s late`,
  ),
  'replica replays late': lagging(
    'replayLagMs',
    ({ where, size }) => `the replica in ${where} replays its log ${Math.round(size / 1000)} s late`,
  ),
  'clock of the database stepped': {
    says: ({ where, size }) => `the clock of the database in ${where} is stepped by ${Math.round(size)} ms`,
    begin: onServer((server, { size }, simulation) => {
      server.clock.offsetMs += simulation.random.faults.chance(0.5) ? size : -size;
      return undefined;
    }),
    places: SIDES,
    seconds: [1, 1],
    size: [10, 1_500],
    sparesTakeover: true,
  },
  'clock of the database jumps': {
    says: ({ where, size }) =>
      `the clock of the database in ${where} jumps back by ${Math.round(size / 1000)} s`,
    begin: onServer((server, { size }) => {
      server.clock.offsetMs -= size;
      return undefined;
    }),
    places: SIDES,
    seconds: [1, 1],
    size: [15_000, 3_600_000],
    defeatsFence: true,
  },
  'fence edited': {
    says: ({ where }) => `somebody edits the lease of the database in ${where} by hand`,
    begin: onServer((server) => {
      if (server.running && !server.inRecovery) server.editFence();
      return undefined;
    }),
    places: SIDES,
    seconds: [1, 1],
    defeatsFence: true,
  },
};
