import type { Network } from '../network/network';
import type { Credential } from '../postgres/server';
import { Backups } from './backups';
import { Files } from './files';
import { Instance, type NewInstance, type NewSource } from './instance';

/** Asked for an instance that there is not, or for a second one of the same name. */
export class NoSuchInstance extends Error {
  override readonly name = 'NoSuchInstance';
}

/** A replica that was made a primary. Times are milliseconds since 1970. */
export interface Promotion {
  readonly region: string;
  /** When the order came, and when the server took connections as a primary. */
  readonly orderedMs: number;
  readonly doneMs: number;
}

/** How an instance becomes one, beside what it is made of. */
type Maker = () => Promise<Instance>;

/** How long automated backups trail their instances if nobody says. */
const TRAIL_SECONDS = 2;

/**
 * The PostgreSQL servers behind the instances of one local AWS API. What is asked of one instance is done in the order in
 * which it was asked; instances do not wait for each other. The same holds for backups.
 */
export class Databases {
  readonly files: Files;
  /** All that were done, in their order. */
  readonly promotions: Promotion[] = [];
  private readonly instances = new Map<string, Instance>();
  private readonly queues = new Map<string, Promise<void>>();
  private readonly backups: Backups;
  private stopped = false;

  /**
   * @param trailSeconds how long the latest state that can be restored trails an instance
   * @param network between the regions of the instances; without it nothing comes between them
   * @param minuteSeconds how long a minute of their jobs' schedules lasts
   */
  constructor(trailSeconds = TRAIL_SECONDS, network?: Network, minuteSeconds?: number) {
    this.files = new Files(network, minuteSeconds);
    this.backups = new Backups(this.files, trailSeconds * 1000);
  }

  create(made: NewSource): Promise<void> {
    return this.make(made, () => Instance.create(made, this.files));
  }

  /** @param source resource of the instance to copy, whose turn this is too */
  replicate(source: string, made: NewInstance): Promise<void> {
    return this.inTurn(source, () => this.make(made, () => this.get(source).replicate(made, this.files)));
  }

  promote(resource: string): Promise<void> {
    const orderedMs = Date.now();
    return this.inTurn(resource, async () => {
      const instance = this.get(resource);
      await instance.promote();
      this.promotions.push({ region: instance.region, orderedMs, doneMs: Date.now() });
    });
  }

  rename(resource: string, host: string): Promise<void> {
    return this.inTurn(resource, async () => {
      await this.get(resource).rename(host);
      await this.publish();
    });
  }

  setPassword(resource: string, credential: Credential): Promise<void> {
    return this.inTurn(resource, () => this.get(resource).setPassword(credential));
  }

  restart(resource: string): Promise<void> {
    return this.inTurn(resource, () => this.get(resource).restart());
  }

  halt(resource: string): Promise<void> {
    return this.inTurn(resource, () => this.get(resource).halt());
  }

  start(resource: string): Promise<void> {
    return this.inTurn(resource, () => this.get(resource).start());
  }

  /** Copies the data of an instance while it works. */
  takeSnapshot(resource: string, snapshot: string): Promise<void> {
    return this.inTurn(resource, () => this.backups.take(snapshot, this.get(resource)));
  }

  copySnapshot(snapshot: string, as: string): Promise<void> {
    return this.inTurn(snapshot, async () => this.backups.duplicate(snapshot, as));
  }

  removeSnapshot(snapshot: string): Promise<void> {
    return this.inTurn(snapshot, async () => this.backups.removeSnapshot(snapshot));
  }

  /** Makes an instance with the data of a snapshot. */
  restoreSnapshot(snapshot: string, made: NewInstance): Promise<void> {
    return this.inTurn(snapshot, () =>
      this.make(made, () => Instance.restore(made, this.backups.snapshot(snapshot), this.files)),
    );
  }

  /**
   * Begins to archive the log of an instance, from a base copy on.
   * @param archive name of the automated backup
   * @param snapshot gets the state at the beginning
   */
  protect(resource: string, archive: string, snapshot: string): Promise<void> {
    return this.inTurn(resource, () => this.backups.protect(this.get(resource), archive, snapshot));
  }

  /** Ends the archiving; what has been archived stays. Nothing to do is no error. */
  unprotect(resource: string): Promise<void> {
    return this.inTurn(resource, () => this.backups.unprotect(resource));
  }

  /** From now on the second automated backup has what the first has. */
  followArchive(archive: string, as: string): Promise<void> {
    return this.inTurn(archive, async () => this.backups.follow(archive, as));
  }

  unfollowArchive(archive: string, as: string): Promise<void> {
    return this.inTurn(archive, async () => this.backups.unfollow(archive, as));
  }

  removeArchive(archive: string): Promise<void> {
    return this.inTurn(archive, async () => this.backups.removeArchive(archive));
  }

  /** Makes an instance with the data that another had. @param until without it, the latest that is archived */
  restoreArchive(archive: string, until: Date | undefined, made: NewInstance): Promise<void> {
    return this.inTurn(archive, () =>
      this.make(made, () => {
        const { base, log } = this.backups.point(archive, until);
        return Instance.restore(made, base, this.files, log);
      }),
    );
  }

  /** Ends the server and deletes its data; nothing to do is no error. */
  remove(resource: string): Promise<void> {
    return this.inTurn(resource, async () => {
      const instance = this.instances.get(resource);
      this.instances.delete(resource);
      await this.publish();
      await instance?.stop();
      await this.backups.unprotect(resource);
    });
  }

  /** Ends every server of a region at once, without a word to anybody. Its data stays, and so do its backups. */
  async lose(region: string): Promise<void> {
    await Promise.all(this.in(region).map((instance) => instance.kill()));
  }

  /** Starts those again that the loss of their region has ended. */
  async regain(region: string): Promise<void> {
    await Promise.all(this.in(region).map((instance) => instance.start()));
  }

  private in(region: string): readonly Instance[] {
    return this.list().filter((instance) => instance.region === region);
  }

  /** All instances that run, by endpoint address. */
  list(): readonly Instance[] {
    return [...this.instances.values()].sort((one, other) => one.host.localeCompare(other.host));
  }

  /** @throws NoSuchInstance */
  find(host: string): Instance {
    const found = this.list().find((one) => one.host === host);
    if (!found) throw new NoSuchInstance(`No database is reached as ${host}.`);
    return found;
  }

  /** Ends every server, also those that are being made, and deletes all files. May be called twice. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.queues.values());
    await Promise.all(this.list().map((instance) => instance.stop()));
    await this.backups.stop();
    this.instances.clear();
    await this.files.endpoints.close();
    this.files.remove();
  }

  private get(resource: string): Instance {
    const found = this.instances.get(resource);
    if (!found) throw new NoSuchInstance(`There is no database ${resource}.`);
    return found;
  }

  private make({ resource }: NewInstance, maker: Maker): Promise<void> {
    return this.inTurn(resource, async () => {
      this.instances.set(resource, await maker());
      await this.publish();
    });
  }

  private publish(): Promise<void> {
    const endpoints = this.list().map(({ host, region, server }) => ({ host, region, port: server.port }));
    return this.files.endpoints.publish('databases', endpoints);
  }

  private inTurn(resource: string, work: () => Promise<void>): Promise<void> {
    if (this.stopped) return Promise.reject(new Error('The databases are being stopped.'));
    const done = (this.queues.get(resource) ?? Promise.resolve()).then(work);
    this.queues.set(
      resource,
      done.catch(() => undefined),
    );
    return done;
  }
}
