import { HOME, type SideName, STANDBY } from './places';
import type { Random } from './random';
import type { Server, Session } from './server';
import type { Side } from './side';
import type { Simulation } from './simulation';

/** A user's resolver keeps an answer so long, in milliseconds. */
const TTL_MS = 60_000;
/** Pause between two requests of one client, in milliseconds. */
const PAUSE = { least: 300, most: 1_500 };

/**
 * Applications and their users. All of them write whenever anything lets them, reconnect at once, and know nothing of
 * leadership: what they commit is what the fence lets through.
 */
export class Clients {
  constructor(
    private readonly simulation: Simulation,
    private readonly random: Random,
  ) {}

  begin(): void {
    for (const name of [HOME, STANDBY] as const) {
      new Worker(this.simulation, this.random, name).next();
      new LongTransactions(this.simulation, this.random, name).next();
    }
    new User(this.simulation, this.random, TTL_MS).next();
    // A client that resolved the name once and never again.
    new User(this.simulation, this.random, Number.POSITIVE_INFINITY).next();
  }
}

/** A pool's connection to the database of a region: one that broke is made anew at the next use. */
class Connection {
  private session: Session | undefined;
  private server: Server | undefined;

  constructor(private readonly side: Side) {}

  /** @returns the server and a session at which a statement has just begun; undefined if anything refused */
  write(): { readonly server: Server; readonly session: Session } | undefined {
    if (!this.session?.alive || !this.server?.running) {
      this.server = this.side.rds.server;
      this.session = this.server?.connect();
    }
    const { server, session } = this;
    return server && session && !server.isPaused() && server.statement(session)
      ? { server, session }
      : undefined;
  }
}

/** Commits `session`; a server that is paused does it when it goes on. */
function commitAfter(
  simulation: Simulation,
  server: Server,
  session: Session,
  ms: number,
  done: (id: number) => void,
): void {
  simulation.scheduler.after(ms, () => {
    if (server.isPaused()) {
      commitAfter(simulation, server, session, server.pausedUntil - simulation.scheduler.now, done);
      return;
    }
    const commit = server.commit(session, simulation.nextCommit());
    if (commit) done(simulation.commits.push(commit) - 1);
  });
}

/** A background process of the application: it writes to its own region's database, whatever DNS says. */
class Worker {
  private readonly connection: Connection;

  constructor(
    private readonly simulation: Simulation,
    private readonly random: Random,
    private readonly name: SideName,
  ) {
    this.connection = new Connection(simulation.sides[name]);
  }

  next(): void {
    this.simulation.scheduler.after(this.random.between(PAUSE.least, PAUSE.most), () => {
      this.next();
      this.write();
    });
  }

  private write(): void {
    const { simulation, name } = this;
    if (simulation.network.isDead(name) || simulation.sides[name].fleet.running === 0) return;
    const work = this.connection.write();
    if (work) {
      const { server, session } = work;
      commitAfter(simulation, server, session, this.random.spread(2, 800), (id) =>
        simulation.acknowledge(id),
      );
    }
  }
}

/** A job of the application that keeps its transactions open for seconds or minutes, most of the time without a statement. */
class LongTransactions {
  private readonly connection: Connection;

  constructor(
    private readonly simulation: Simulation,
    private readonly random: Random,
    private readonly name: SideName,
  ) {
    this.connection = new Connection(simulation.sides[name]);
  }

  next(): void {
    const { simulation, random, name } = this;
    simulation.scheduler.after(random.between(500, 5_000), () => {
      const idle = simulation.network.isDead(name) || simulation.sides[name].fleet.running === 0;
      const work = idle ? undefined : this.connection.write();
      const lengthMs = random.spread(1_000, 200_000);
      if (work) {
        const { server, session } = work;
        commitAfter(simulation, server, session, lengthMs, (id) => simulation.acknowledge(id));
      }
      simulation.scheduler.after(work ? lengthMs + 100 : 1_000, () => this.next());
    });
  }
}

/** A user: resolves the platform's name, and is served by the region that answers there. */
class User {
  private resolved: { readonly side: SideName; readonly atMs: number } | undefined;
  private readonly connections: Readonly<Record<SideName, Connection>>;

  constructor(
    private readonly simulation: Simulation,
    private readonly random: Random,
    private readonly ttlMs: number,
  ) {
    const { sides } = simulation;
    this.connections = { [HOME]: new Connection(sides[HOME]), [STANDBY]: new Connection(sides[STANDBY]) };
  }

  next(): void {
    this.simulation.scheduler.after(this.random.between(PAUSE.least, PAUSE.most), () => {
      this.next();
      this.ask();
    });
  }

  private ask(): void {
    const { simulation } = this;
    const { network, scheduler } = simulation;
    if (!this.resolved || scheduler.now - this.resolved.atMs >= this.ttlMs) {
      this.resolved = { side: simulation.dns.resolve(), atMs: scheduler.now };
    }
    const { side } = this.resolved;
    if (!network.connects('users', side) || !simulation.sides[side].fleet.answers) return;
    const work = this.connections[side].write();
    if (!work) return;
    const { server, session } = work;
    commitAfter(simulation, server, session, this.random.spread(2, 800), (id) => {
      if (network.connects(side, 'users')) simulation.acknowledge(id);
    });
  }
}
