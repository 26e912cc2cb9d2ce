import type { LeadershipRecord } from '../../../../lambda/leader/record';
import type {
  Answer,
  DatabaseStatus,
  FleetStatus,
  InstanceStatus,
  RebuildStatus,
  World,
} from '../../../../lambda/region-agent/ports';
import { PRIMARY } from './databases';
import { record } from './records';

/** A call to a port by its name, as in `database.renew`. */
export type Call =
  | 'leadership.read'
  | 'leadership.replace'
  | 'database.observe'
  | 'database.renew'
  | 'database.open'
  | 'database.close'
  | 'database.endSessions'
  | 'instance.describe'
  | 'instance.promote'
  | 'instance.takeBase'
  | 'rebuild.observe'
  | 'rebuild.snapshot'
  | 'rebuild.quarantine'
  | 'rebuild.createReplica'
  | 'rebuild.mendReadReplica'
  | 'fleet.observe'
  | 'fleet.scaleUp'
  | 'fleet.scaleDown'
  | 'otherSide.close'
  | 'secrets.detach'
  | 'secrets.reattach'
  | 'prober.fromHere'
  | 'prober.fromWitness'
  | 'prober.ownSide'
  | 'pager.page';

const NEVER = new Promise<never>(() => {});

/** A world of which tests say what it shows, and in which every call can fail or hang. It notes all that is asked of it. */
export class FakeWorld {
  /** What the table holds; undefined if it holds nothing. */
  record: LeadershipRecord | undefined = record();
  database: DatabaseStatus = PRIMARY;
  instance: InstanceStatus | undefined = { status: 'available', source: 'arn:of-the-leader' };
  status: RebuildStatus = {
    instance: undefined,
    settled: true,
    quarantine: undefined,
    snapshot: undefined,
    readReplicas: [],
    missingReadReplicas: [],
  };
  services: FleetStatus = { services: [] };
  answer: Answer = { answers: true, sentence: 'HTTP 200.' };
  managed = true;
  /** Whether the fence does what it is asked. */
  willing = true;
  /** Called before every write of the record: another agent may be faster here. */
  beforeReplace: () => void = () => {};

  readonly calls: { readonly call: Call; readonly with: readonly unknown[] }[] = [];
  private readonly failing = new Map<Call, Error>();
  private readonly hanging = new Set<Call>();

  fail(call: Call, message: string): void {
    this.failing.set(call, new Error(message));
  }

  hang(...calls: readonly Call[]): void {
    for (const call of calls) this.hanging.add(call);
  }

  recover(call: Call): void {
    this.failing.delete(call);
    this.hanging.delete(call);
  }

  /** The names of the calls that changed something, or told somebody, in their order. */
  get deeds(): readonly Call[] {
    const looks = /\.(read|observe|describe|fromHere|fromWitness|ownSide)$/;
    return this.calls.map(({ call }) => call).filter((call) => !looks.test(call));
  }

  /** What the call was given the last time. */
  given(call: Call): readonly unknown[] | undefined {
    return this.calls.findLast((one) => one.call === call)?.with;
  }

  get world(): World {
    const looks = {
      database: async () => this.done('database.observe', this.database),
      instance: async () => this.done('instance.describe', this.instance),
    };
    const lease = (call: Call) => async (asked: unknown) => this.done(call, this.willing, asked);
    return {
      leadership: {
        read: async () => this.done('leadership.read', this.record),
        replace: async (current, next) => this.replace(current, next),
      },
      managed: this.managed
        ? {
            database: {
              observe: looks.database,
              renew: lease('database.renew'),
              open: lease('database.open'),
              close: lease('database.close'),
              endSessions: async () => this.done('database.endSessions', undefined),
            },
            instance: {
              describe: looks.instance,
              promote: async () => this.done('instance.promote', undefined),
              takeBase: async (name) => this.done('instance.takeBase', undefined, name),
            },
            rebuild: {
              observe: async (epoch) => this.done('rebuild.observe', this.status, epoch),
              snapshot: async (epoch) => this.done('rebuild.snapshot', undefined, epoch),
              quarantine: async (epoch) => this.done('rebuild.quarantine', undefined, epoch),
              createReplica: async () => this.done('rebuild.createReplica', undefined),
              mendReadReplica: async (identifier, how) =>
                this.done('rebuild.mendReadReplica', undefined, identifier, how),
            },
          }
        : undefined,
      fleet: {
        observe: async () => this.done('fleet.observe', this.services),
        scaleUp: async () => this.done('fleet.scaleUp', undefined),
        scaleDown: async () => this.done('fleet.scaleDown', undefined),
      },
      otherSide: { close: async () => this.done('otherSide.close', undefined) },
      secrets: {
        detach: async () => this.done('secrets.detach', undefined),
        reattach: async () => this.done('secrets.reattach', undefined),
      },
      prober: {
        fromHere: async () => this.done('prober.fromHere', this.answer),
        fromWitness: async () => this.done('prober.fromWitness', this.answer),
        ownSide: async () => this.done('prober.ownSide', this.answer),
      },
      pager: { page: async (subject, sentence) => this.done('pager.page', undefined, subject, sentence) },
    };
  }

  private async replace(current: LeadershipRecord, next: LeadershipRecord) {
    await this.done('leadership.replace', undefined, next);
    this.beforeReplace();
    const present = this.record ?? next;
    if (present.version !== current.version) return { written: false, record: present } as const;
    this.record = next;
    return { written: true, record: next } as const;
  }

  private async done<T>(call: Call, result: T, ...given: readonly unknown[]): Promise<T> {
    this.calls.push({ call, with: given });
    if (this.hanging.has(call)) return NEVER;
    const error = this.failing.get(call);
    if (error) throw error;
    return result;
  }
}
