import type { Signal } from '../../../lambda/region-agent/decision';
import { lagOf } from '../../../lambda/region-agent/lag';
import type { Turn } from '../../../lambda/region-agent/turn';
import type { Observer } from '../world/observer';
import { HOME, SIDES, type SideName, STANDBY } from '../world/places';
import type { Simulation } from '../world/simulation';

/** Signals that page a person. */
const TELLING: readonly Signal[] = ['gateRefused', 'fenceClosed', 'leaseNotRenewed'];
/** A run that has said nothing for so long has ended. */
const ENDED_MS = 15_000;

/**
 * Invariant 10: when nothing goes wrong any more, every history comes to one of two ends. Either one region serves, its
 * database takes writes under the record's epoch and the other one's does not; or no region may serve, the reason is
 * true, and the alarms say so to a person.
 */
export class Convergence implements Observer {
  /** The last turn of each run: one that has just begun knows less than those before it, and hides none of them. */
  private readonly lastTurns = new Map<
    string,
    { readonly region: SideName; readonly atMs: number; readonly tells: boolean }
  >();

  constructor(private readonly simulation: Simulation) {}

  turned(region: SideName, host: string, { signals }: Turn): void {
    const tells = TELLING.some((one) => signals.includes(one));
    this.lastTurns.set(host, { region, atMs: this.simulation.scheduler.now, tells });
  }

  /** @returns whether the world is at an end */
  reached(): boolean {
    return this.serves() || this.waitsForPerson();
  }

  /** How it stands, for a person. */
  ending(): string {
    const { record } = this.simulation.table;
    if (this.serves()) return `${record?.holder} serves (${record?.state})`;
    return `nobody serves: ${this.reason() ?? 'no reason'}`;
  }

  private serves(): boolean {
    const { table, sides, servers } = this.simulation;
    const { record } = table;
    if (!record || (record.state !== 'SERVING' && record.state !== 'PROTECTED')) return false;
    if (record.operation !== null) return false;
    const holder = SIDES.find((name) => name === record.holder);
    const server = holder && sides[holder].rds.server;
    if (!server?.takesWrites() || server.fence.state.epoch !== record.epoch) return false;
    return servers.every((other) => other === server || !other.takesWrites());
  }

  /** Nobody may serve: that needs a true reason, and a signal of the agents that are left. */
  private waitsForPerson(): boolean {
    const { network, scheduler } = this.simulation;
    const told = [...this.lastTurns.values()].some(
      ({ region, atMs, tells }) => tells && !network.isDead(region) && scheduler.now - atMs <= ENDED_MS,
    );
    return told && this.reason() !== undefined;
  }

  /** @returns why no region can serve, from what is true; undefined if one could */
  reason(): string | undefined {
    const { table, sides, network, beginning } = this.simulation;
    const { record } = table;
    if (!record) return undefined;
    const holder = record.holder === HOME ? HOME : STANDBY;
    const other = holder === HOME ? STANDBY : HOME;
    const own = sides[holder].rds.server;
    if (record.state === 'CLAIMED' || record.state === 'PROMOTING') return undefined;
    if (!network.isDead(holder) && own?.running && !own.inRecovery) {
      // A holder whose database was restored, promoted or edited by hand stays closed.
      const { timeline, epoch } = own.fence.state;
      if (epoch > record.epoch) return 'the fence is ahead of the record';
      return timeline !== 0 && timeline !== own.timeline
        ? 'the database of the holder was promoted by hand'
        : undefined;
    }
    if (!network.isDead(holder)) return undefined;
    if (record.frozen) return 'frozen';
    const replica = sides[other].rds.server;
    if (network.isDead(other)) return 'both regions are dead';
    if (!replica) return 'no replica';
    // A person has decided: it is on its way, whatever the replica lacks.
    if (record.operation?.kind === 'force') return undefined;
    if (!replica.inRecovery) return 'no replica any more';
    const { seconds } = lagOf(record, replica.status());
    if (seconds === undefined || seconds > beginning.settings.lagGateSeconds) return 'lag';
    return record.state === 'SERVING' && record.history.length > 1 ? 'not protected' : undefined;
  }
}
