import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { FilesSettings } from '../../../lambda/shared-files/contract';
import type { Copying, FileSystem, Protection, World } from '../../../lambda/shared-files/ports';
import { HOME, STANDBY } from '../leader/records';

/** Files as the set of what was ever written into them: enough to see whether something was lost. */
interface Side {
  readonly id: string;
  protection: Protection;
  mark: string | undefined;
  content: ReadonlySet<number>;
}

interface Job {
  readonly id: string;
  readonly content: ReadonlySet<number>;
  state: 'running' | 'done' | 'failed';
}

/** EFS refused. */
export class Refused extends Error {}

/**
 * EFS of two regions with one file system each, and AWS Backup, as their documentation describes them. What takes minutes
 * there happens here when a test says so.
 */
export class TwoRegions {
  readonly sides: Readonly<Record<string, Side>> = {
    [HOME]: { id: 'fs-home', protection: 'ENABLED', mark: undefined, content: new Set() },
    [STANDBY]: { id: 'fs-standby', protection: 'ENABLED', mark: undefined, content: new Set() },
  };
  copying: Copying | undefined;
  readonly jobs: Job[] = [];
  /** Every action that changed something, for a test to read. */
  readonly log: string[] = [];
  mounted = true;
  private readonly tokens = new Map<string, string>();
  private written = 0;

  constructor(public record: LeadershipRecord | undefined) {}

  side(region: string): Side {
    const side = this.sides[region];
    if (!side) throw new Error(`There is no region ${region}.`);
    return side;
  }

  /** The application writes, if the files of the region take it. */
  write(region: string): void {
    const side = this.side(region);
    if (side.protection !== 'ENABLED') return;
    this.written += 1;
    side.content = new Set([...side.content, this.written]);
  }

  /** EFS brings the copy to what its source holds: also what the source does not have goes. */
  sync(nowMs: number): void {
    if (!this.copying || this.copying.status === 'DELETING') return;
    this.byId(this.copying.destination).content = this.byId(this.copying.source).content;
    this.copying = { ...this.copying, status: 'ENABLED', syncedMs: nowMs };
  }

  /** A person ends the copying by hand. */
  end(): void {
    if (this.copying) this.copying = { ...this.copying, status: 'DELETING' };
  }

  /** EFS ends what it was asked to end. */
  settle(): void {
    if (this.copying?.status !== 'DELETING') return;
    this.byId(this.copying.destination).protection = 'ENABLED';
    this.copying = undefined;
  }

  /** Everything that was ever written and is in no file system and in no recovery point that is done. */
  lost(): number[] {
    const kept = new Set([
      ...Object.values(this.sides).flatMap(({ content }) => [...content]),
      ...this.jobs.flatMap(({ state, content }) => (state === 'done' ? [...content] : [])),
    ]);
    return Array.from({ length: this.written }, (_, index) => index + 1).filter((one) => !kept.has(one));
  }

  world(own: string): World {
    const side = this.side(own);
    const other = this.side(own === HOME ? STANDBY : HOME);
    return {
      leadership: { read: async () => this.record },
      files: {
        look: async () => ({ ...described(side), copying: this.copying }),
        protect: async (_, protection) => {
          if (side.protection === 'REPLICATING') throw new Refused('It is a copy.');
          this.log.push(`${own} ${protection === 'ENABLED' ? 'protects' : 'gives up'}`);
          side.protection = protection;
        },
        mark: async (_, mark) => {
          side.mark = mark;
        },
        copy: async (_, to) => this.copy(own, to),
        endCopy: async (source) => {
          if (this.copying?.source !== source) return;
          this.log.push(`${own} ends the copying of ${source}`);
          this.copying = { ...this.copying, status: 'DELETING' };
        },
      },
      otherFiles: { look: async () => described(other) },
      saves: {
        begin: async (_, token) => this.begin(own, token),
        state: async (job) => this.jobs.find(({ id }) => id === job)?.state ?? 'failed',
      },
      tasks: { mounted: async () => this.mounted },
    };
  }

  private copy(own: string, to: string): void {
    const target = this.byId(to);
    if (this.copying || target.protection !== 'DISABLED') throw new Refused(`${to} may not be overwritten.`);
    this.log.push(`${own} copies over ${to}`);
    target.protection = 'REPLICATING';
    this.copying = { source: this.side(own).id, destination: to, status: 'ENABLING', syncedMs: undefined };
  }

  private begin(own: string, token: string): string {
    const known = this.tokens.get(token);
    if (known !== undefined) return known;
    const id = `job-${this.jobs.length + 1}`;
    this.log.push(`${own} saves`);
    this.tokens.set(token, id);
    this.jobs.push({ id, content: this.side(own).content, state: 'running' });
    return id;
  }

  private byId(id: string): Side {
    const side = Object.values(this.sides).find((one) => one.id === id);
    if (!side) throw new Error(`There is no file system ${id}.`);
    return side;
  }
}

const described = ({ id, protection, mark }: Side): FileSystem => ({ id, protection, mark });

export const settingsOf = (own: string): FilesSettings => ({
  platform: 'shop',
  account: '123456789012',
  own,
  other: own === HOME ? STANDBY : HOME,
  cluster: 'shop',
  vault: 'shop-shared-files',
  backupRole: 'arn:aws:iam::123456789012:role/backup',
  keepDays: 35,
  folders: [
    {
      service: 'web',
      fileSystem: own === HOME ? 'fs-home' : 'fs-standby',
      parameter: '/holdfast/shop/shared-files/web',
      standbyTasks: 2,
    },
  ],
});
