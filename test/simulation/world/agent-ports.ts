import { readRecord } from '../../../lambda/leader/read';
import { replaceRecord } from '../../../lambda/leader/replace';
import type { Answer, FencedDatabase, World } from '../../../lambda/region-agent/ports';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Host, Service } from './host';
import { otherSide, type Place, REGIONS, WITNESS } from './places';
import { IDENTIFIER } from './rds';
import type { Server } from './server';
import type { Side } from './side';
import type { Simulation } from './simulation';

/** How long the adapters wait, in milliseconds. */
const SQL_MS = 3_000;
const API_MS = 5_000;
const PROBE_MS = 3_000;

/** The server does not accept connections, though its region answers. */
class NoConnection extends HoldfastError {}

/** @returns everything outside the agent, as one of its runs reaches it */
export function portsOf(simulation: Simulation, side: Side, host: Host): World {
  const other = simulation.sides[otherSide(side.name)];
  return {
    leadership: leadershipOf(simulation, side, host),
    managed: { database: databaseOf(simulation, side, host), ...instanceOf(simulation, side, host) },
    fleet: {
      observe: () => host.call(api('ECS', side), () => side.fleet.status()),
      scaleUp: () => host.call(api('ECS', side), () => side.fleet.scaleUp()),
      scaleDown: () => host.call(api('ECS', side), () => side.fleet.scaleDown()),
    },
    otherSide: { close: () => host.call(api('The other region', other), () => closeOther(other)) },
    secrets: {
      detach: () => host.call(api('Secrets Manager', side), () => {}),
      reattach: () => host.call(api('Secrets Manager', side), () => {}),
    },
    prober: proberOf(simulation, side, other, host),
    pager: {
      page: (subject, sentence) =>
        host.call(plain('SNS', side.name), () => simulation.paged(side.name, subject, sentence)),
    },
  };
}

function leadershipOf({ table }: Simulation, side: Side, host: Host): World['leadership'] {
  const regions = [side.name, ...REGIONS.filter((region) => region !== side.name)];
  const tables = regions.map((region) => table.servedBy(region, host));
  let writes = 0;
  return {
    read: () => readRecord(tables, host.clock),
    replace: (current, next) => replaceRecord(tables, current, next, `${host.name}/${++writes}`, host.clock),
  };
}

function databaseOf(simulation: Simulation, side: Side, host: Host): FencedDatabase {
  const service: Service = {
    name: `The database in ${side.name}`,
    place: side.name,
    deadlineMs: SQL_MS,
    workMs: () => simulation.random.sql.between(1, 12),
    busyUntil: () => side.rds.server?.pausedUntil ?? 0,
  };
  const ask = <T>(question: (server: Server) => T): Promise<T> =>
    host.call(service, () => question(connected(side)));
  return {
    observe: () => ask((server) => server.status()),
    renew: (lease) => ask((server) => server.renew(lease)),
    open: (lease) => ask((server) => server.open(lease)),
    close: (lease) => ask((server) => server.close(lease)),
    endSessions: () => ask((server) => server.endSessionsIfClosed()),
  };
}

function connected({ rds, name }: Side): Server {
  const { server } = rds;
  if (!server?.running) throw new NoConnection(`The database in ${name} refuses the connection.`);
  return server;
}

function instanceOf(
  simulation: Simulation,
  side: Side,
  host: Host,
): Omit<NonNullable<World['managed']>, 'database'> {
  const { rds } = side;
  const service = api('RDS', side);
  const quarantined = (epoch: number): string => `${IDENTIFIER}-quarantine-e${epoch}`;
  const kept = (epoch: number): string => `${IDENTIFIER}-last-e${epoch}`;
  const ask = <T>(serve: () => T): Promise<T> => host.call(service, serve);
  return {
    instance: {
      describe: () => ask(() => rds.describe(IDENTIFIER)),
      promote: () => ask(() => rds.promote(true)),
      takeBase: (name) => ask(() => rds.takeSnapshot(name)),
    },
    rebuild: {
      observe: (epoch) =>
        ask(() => ({
          instance: rds.describe(IDENTIFIER),
          settled: true,
          quarantine: rds.describe(quarantined(epoch)),
          snapshot: rds.snapshots.get(kept(epoch)),
          readReplicas: [],
          missingReadReplicas: [],
        })),
      snapshot: (epoch) => ask(() => rds.takeSnapshot(kept(epoch))),
      quarantine: (epoch) => ask(() => rds.quarantine(quarantined(epoch))),
      createReplica: () => ask(() => rds.createReplica()),
      mendReadReplica: () => ask(() => simulation.unexpected('There are no read replicas to mend.')),
    },
  };
}

/** An API of a region's control plane: without an answer while that is down. */
function api(name: string, side: Side): Service {
  return {
    name: `${name} in ${side.name}`,
    place: side.name,
    deadlineMs: API_MS,
    workMs: () => side.rds.answerMs(),
    busyUntil: () => (side.rds.down > 0 ? Number.POSITIVE_INFINITY : 0),
  };
}

const plain = (name: string, place: Place): Service => ({
  name,
  place,
  deadlineMs: API_MS,
  workMs: () => 20,
  busyUntil: () => 0,
});

function closeOther(other: Side): void {
  other.fleet.close();
  other.rds.shutOff();
}

function proberOf({ network }: Simulation, side: Side, other: Side, host: Host): World['prober'] {
  const answerOf = (whose: Side, from: Place): Answer => {
    const reached = network.connects(from, whose.name) && network.connects(whose.name, from);
    const answers = reached && whose.fleet.answers;
    return {
      answers,
      sentence: `The application in ${whose.name} ${answers ? 'answers' : 'does not answer'}.`,
    };
  };
  const silent: Answer = { answers: false, sentence: `The application in ${other.name} does not answer.` };
  const fromWitness = { ...plain('The prober', WITNESS), deadlineMs: API_MS };
  return {
    fromHere: () =>
      host
        .call({ ...plain('The application', other.name), deadlineMs: PROBE_MS }, () =>
          answerOf(other, other.name),
        )
        .catch(() => silent),
    fromWitness: () => host.call(fromWitness, () => answerOf(other, WITNESS)),
    ownSide: () => host.call(plain('The application', side.name), () => answerOf(side, side.name)),
  };
}
