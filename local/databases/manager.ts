import type { Credential } from '../postgres/server';
import { Files } from './files';
import { Instance, type NewInstance, type NewSource } from './instance';

/** Asked for an instance that there is not, or for a second one of the same name. */
export class NoSuchInstance extends Error {
  override readonly name = 'NoSuchInstance';
}

/**
 * The PostgreSQL servers behind the instances of one local AWS API. What is asked of one instance is done in the order in
 * which it was asked; instances do not wait for each other.
 */
export class Databases {
  readonly files = new Files();
  private readonly instances = new Map<string, Instance>();
  private readonly queues = new Map<string, Promise<void>>();
  private stopped = false;

  create(made: NewSource): Promise<void> {
    return this.inTurn(made.resource, async () => this.add(await Instance.create(made, this.files)));
  }

  /** @param source resource of the instance to copy, whose turn this is too */
  replicate(source: string, made: NewInstance): Promise<void> {
    return this.inTurn(source, () =>
      this.inTurn(made.resource, async () => this.add(await this.get(source).replicate(made))),
    );
  }

  promote(resource: string): Promise<void> {
    return this.inTurn(resource, () => this.get(resource).promote());
  }

  rename(resource: string, host: string): Promise<void> {
    return this.inTurn(resource, async () => {
      await this.get(resource).rename(host);
      this.publish();
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

  /** Ends the server and deletes its data; nothing to do is no error. */
  remove(resource: string): Promise<void> {
    return this.inTurn(resource, async () => {
      const instance = this.instances.get(resource);
      this.instances.delete(resource);
      this.publish();
      await instance?.stop();
    });
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
    this.instances.clear();
    this.files.remove();
  }

  private get(resource: string): Instance {
    const found = this.instances.get(resource);
    if (!found) throw new NoSuchInstance(`There is no database ${resource}.`);
    return found;
  }

  private add(instance: Instance): void {
    this.instances.set(instance.resource, instance);
    this.publish();
  }

  private publish(): void {
    this.files.writeMap(Object.fromEntries(this.list().map(({ host, server }) => [host, server.port])));
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
