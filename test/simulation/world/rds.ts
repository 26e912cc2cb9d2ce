import type { InstanceStatus } from '../../../lambda/region-agent/ports';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { SideName } from './places';
import type { Random } from './random';
import type { Scheduler } from './scheduler';
import type { Server } from './server';

/** RDS refused a call, or says that it failed. */
export class RdsError extends HoldfastError {}

/** The platform's identifier, the same in both regions. */
export const IDENTIFIER = 'platform-database';

export interface Instance {
  status: string;
  source: string | null;
  readonly server: Server;
}

/** How long what RDS does takes, in milliseconds. */
export interface Durations {
  promotionMs: number;
  renameMs: number;
  snapshotMs: number;
  creationMs: number;
}

/** What a region's control plane does that others want to know of. */
export interface RdsEvents {
  promotionAccepted(region: SideName, server: Server, byAgent: boolean): void;
  promoted(region: SideName, server: Server): void;
  /** @returns a new server that follows the database of the other region; undefined if there is none to follow */
  newReplica(region: SideName): Server | undefined;
  /** Whether a server of the region can run. */
  isAlive(region: SideName): boolean;
}

/** The RDS API of one region, and its instances by identifier. */
export class Rds {
  readonly instances = new Map<string, Instance>();
  readonly snapshots = new Map<string, string>();
  /** How many faults take the control plane down. */
  down = 0;
  throttledShare = 0;
  hangingShare = 0;
  /** Share of the calls that do what they are asked and report an error. */
  lyingShare = 0;

  constructor(
    readonly region: SideName,
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly durations: Durations,
    private readonly events: RdsEvents,
  ) {}

  /** The server that stands behind the platform's identifier. */
  get server(): Server | undefined {
    return this.instances.get(IDENTIFIER)?.server;
  }

  describe(identifier: string): InstanceStatus | undefined {
    this.throttle();
    const instance = this.instances.get(identifier);
    return instance && { status: instance.status, source: instance.source };
  }

  promote(byAgent: boolean): void {
    this.change(() => {
      const instance = this.available(IDENTIFIER);
      if (instance.source === null) throw new RdsError('InvalidDBInstanceState: it is no read replica.');
      const { server } = instance;
      instance.status = 'modifying';
      this.events.promotionAccepted(this.region, server, byAgent);
      const total = this.durations.promotionMs;
      this.scheduler.after(total * 0.5, () => {
        instance.status = 'rebooting';
        server.stop();
      });
      this.scheduler.after(total, () => {
        server.promoted();
        this.startIfAlive(server);
        instance.source = null;
        instance.status = 'backing-up';
        this.events.promoted(this.region, server);
        this.scheduler.after(60_000, () => becomesAvailable(instance, 'backing-up'));
      });
    });
  }

  takeSnapshot(name: string): void {
    if (this.snapshots.has(name)) return;
    this.change(() => {
      const instance = this.available(IDENTIFIER);
      this.snapshots.set(name, 'creating');
      instance.status = 'backing-up';
      this.scheduler.after(this.durations.snapshotMs, () => {
        this.snapshots.set(name, 'available');
        becomesAvailable(instance, 'backing-up');
      });
    });
  }

  /** Renames the instance under the platform's identifier and puts it behind a group that admits no application. */
  quarantine(name: string): void {
    this.change(() => {
      const instance = this.available(IDENTIFIER);
      instance.status = 'renaming';
      instance.server.cutOff = true;
      this.scheduler.after(this.durations.renameMs, () => {
        this.instances.delete(IDENTIFIER);
        instance.status = 'available';
        this.instances.set(name, instance);
      });
    });
  }

  createReplica(): void {
    this.change(() => {
      if (this.instances.has(IDENTIFIER)) throw new RdsError('DBInstanceAlreadyExists: it is there already.');
      const server = this.events.newReplica(this.region);
      if (!server) throw new RdsError('DBInstanceNotFound: there is no source.');
      const instance: Instance = { status: 'creating', source: 'arn:source', server };
      this.instances.set(IDENTIFIER, instance);
      server.stop();
      this.scheduler.after(this.durations.creationMs, () => {
        this.startIfAlive(server);
        becomesAvailable(instance, 'creating');
      });
    });
  }

  /** Puts the database behind a group that admits no application. */
  shutOff(): void {
    this.change(() => {
      if (this.server) this.server.cutOff = true;
    });
  }

  /** How long a call takes to answer. */
  answerMs(): number {
    return this.random.chance(this.hangingShare) ? Number.POSITIVE_INFINITY : this.random.between(60, 400);
  }

  private startIfAlive(server: Server): void {
    if (this.events.isAlive(this.region)) server.start();
  }

  private available(identifier: string): Instance {
    const instance = this.instances.get(identifier);
    if (!instance) throw new RdsError(`DBInstanceNotFound: ${identifier}.`);
    if (instance.status !== 'available') {
      throw new RdsError(`InvalidDBInstanceState: the instance is ${instance.status}.`);
    }
    return instance;
  }

  private change(work: () => void): void {
    this.throttle();
    work();
    if (this.random.chance(this.lyingShare)) throw new RdsError('InternalFailure: the request failed.');
  }

  private throttle(): void {
    if (this.random.chance(this.throttledShare)) throw new RdsError('Throttling: rate exceeded.');
  }
}

function becomesAvailable(instance: Instance, from: string): void {
  if (instance.status === from) instance.status = 'available';
}
