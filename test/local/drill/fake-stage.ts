import { NotInTime } from '../../../local/drill/drill';
import type { RequestRecord, Sample, Side } from '../../../local/drill/model';
import type { Stage } from '../../../local/drill/scenario';
import type { World } from '../../../local/drill/world';
import { CLOSED, led, look, OPEN, REPLICA, SILENT } from './evidence';

const REGIONS: Readonly<Record<Side, string>> = { home: 'us-east-1', standby: 'us-west-2' };

/** A stage whose world is made of values. Everything that steps do with it is written down, in its order. */
export class FakeStage {
  readonly done: string[] = [];
  /** What is seen; a step that waits for something else is not in time. */
  sample: Sample = look(0);
  lost: Side | undefined;
  readonly tasks = ['web', 'web', 'web', 'worker', 'worker', 'worker'];
  isComplete = true;
  /** Runs at each wait, so that a test lets things happen. */
  meanwhile: (seconds: number) => void = () => {};

  /** The standby has taken over from home, which is gone. */
  takenOver(home = SILENT): void {
    this.sample = look(0, { ...led('standby', 2), dns: 'standby', databases: { home, standby: OPEN } });
  }

  /** Home leads again, with a replica. */
  healthy(): void {
    this.sample = look(0);
  }

  /** Home's database refuses writes. */
  closed(): void {
    this.sample = look(0, { databases: { home: CLOSED, standby: REPLICA } });
  }

  missed: readonly RequestRecord[] = [];
  /** What a command of Holdfast prints. */
  prints: (command: string) => string = () => '';
  /** Instances by the beginning of their address. */
  readonly databases = ['shop-db.east.', 'shop-db.west.'];
  /** What a database answers. */
  answers: (sql: string, host: string) => readonly object[] = () => [];

  readonly stage: Stage = {
    // A whole world is processes; the steps know it by what is here.
    world: this.world() as unknown as World,
    boundSeconds: 105,
    note: () => {},
    trouble: () => void this.done.push('trouble'),
    judge: ({ name, held }) => void this.done.push(`${held ? 'held' : 'broken'}: ${name}`),
    now: () => this.sample,
    missing: async () => this.missed,
    leader: () => this.sample.record?.holder ?? 'home',
    pass: async (seconds) => {
      this.done.push(`pass ${seconds}`);
      this.meanwhile(seconds);
    },
    until: async (what, holds, seconds) => {
      this.meanwhile(seconds);
      if (!holds(this.sample)) throw new NotInTime(`It was expected that ${what}.`);
      this.done.push(`until ${what}`);
    },
    holdfast: async (...command) => {
      this.done.push(`holdfast ${command.join(' ')}`);
      return this.prints(command.join(' '));
    },
  };

  private world() {
    const say = (text: string): void => void this.done.push(text);
    const instance = (start: string) => ({
      host: `${start}x.rds`,
      region: start === 'shop-db.west.' ? REGIONS.standby : REGIONS.home,
      server: { superuser: {}, connect: async () => this.session(start) },
    });
    return {
      platform: { name: 'shop', database: { kind: 'managed', name: 'shop' } },
      region: (side: Side) => REGIONS[side],
      lose: async (side: Side) => say(`lose ${side}`),
      regain: async (side: Side) => say(`regain ${side}`),
      cut: async (one: string, other: string) => say(`cut ${one} ${other}`),
      join: async (one: string, other: string) => say(`join ${one} ${other}`),
      network: { isLost: (region: string) => this.lost !== undefined && REGIONS[this.lost] === region },
      fleet: (side: Side) => this.fleet(side),
      aws: {
        databases: {
          list: () => this.databases.map(instance),
          lose: async (region: string) => say(`database gone ${region}`),
          regain: async (region: string) => say(`database back ${region}`),
        },
      },
    };
  }

  private session(host: string) {
    return {
      query: async (sql: string) => {
        this.done.push(`${host} ${sql.split(/\s+/).slice(0, 3).join(' ')}`);
        return { rows: this.answers(sql, host) };
      },
      end: async () => {},
    };
  }

  private fleet(side: Side) {
    const { done } = this;
    const stage = this;
    return {
      list: () =>
        this.tasks.map((service) => ({ plan: { service }, kill: () => void done.push(`kill ${service}`) })),
      hold: () => void done.push(`hold ${side}`),
      release: () => void done.push(`release ${side}`),
      get isComplete() {
        return stage.isComplete;
      },
    };
  }
}
