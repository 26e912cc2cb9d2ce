import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { linkTree } from '../postgres/links';
import type { PostgresServer } from '../postgres/server';
import { Archive, type BaseCopy, keepLog, type RestorePoint } from './archive';
import type { Files } from './files';
import type { Instance } from './instance';
import type { Loop } from './loop';

/** Asked for a backup that there is not. */
export class NoSuchBackup extends Error {
  override readonly name = 'NoSuchBackup';
}

/** Archives the log of one instance. */
interface Protection {
  readonly archive: string;
  readonly keeper: Loop;
}

/**
 * The contents of snapshots and automated backups of the instances of one local AWS API. They do not depend on the
 * instance that they are of: it may be gone, and so may its region.
 */
export class Backups {
  private readonly snapshots = new Map<string, BaseCopy>();
  private readonly archives = new Map<string, Archive>();
  /** By the instance's resource. */
  private readonly protections = new Map<string, Protection>();

  /** @param trailMs how long an archive may trail its instance */
  constructor(
    private readonly files: Files,
    private readonly trailMs: number,
  ) {}

  async take(snapshot: string, { server }: Instance): Promise<void> {
    this.snapshots.set(snapshot, await copyOf(server, this.folder(snapshot)));
  }

  /** @throws NoSuchBackup */
  duplicate(snapshot: string, as: string): void {
    this.snapshots.set(as, sameCopy(this.snapshot(snapshot), this.folder(as)));
  }

  /** @throws NoSuchBackup */
  snapshot(id: string): BaseCopy {
    const found = this.snapshots.get(id);
    if (!found) throw new NoSuchBackup(`There is no content of the snapshot ${id}.`);
    return found;
  }

  removeSnapshot(id: string): void {
    this.snapshots.delete(id);
    this.removeFolder(id);
  }

  /**
   * Begins the automated backups of an instance, and ends when a first state can be restored.
   * @param snapshot gets the state with which they begin
   */
  async protect(instance: Instance, id: string, snapshot: string): Promise<void> {
    await this.unprotect(instance.resource);
    const archive = this.newArchive(id);
    this.files.archiveTo(instance.resource, archive.segments);
    const base = await copyOf(instance.server, this.base(id));
    this.snapshots.set(snapshot, sameCopy(base, this.folder(snapshot)));
    archive.startFrom(base);
    const keeper = keepLog(instance.server, archive, this.trailMs);
    this.protections.set(instance.resource, { archive: id, keeper });
    await archive.ready();
  }

  /** Ends the automated backups of an instance; what there is can still be restored. Nothing to do is no error. */
  async unprotect(resource: string): Promise<void> {
    const protection = this.protections.get(resource);
    this.protections.delete(resource);
    await protection?.keeper.stop();
    this.files.archiveTo(resource, undefined);
  }

  /** Lets another archive have what one has and will have. @throws NoSuchBackup */
  follow(id: string, as: string): void {
    const source = this.archive(id);
    const { base } = source.point(undefined);
    const follower = this.newArchive(as);
    follower.startFrom(sameCopy(base, this.base(as)));
    source.leads(follower);
  }

  /** Nothing to do is no error: the source may be gone. */
  unfollow(id: string, as: string): void {
    const follower = this.archives.get(as);
    if (follower) this.archives.get(id)?.leaves(follower);
  }

  /** @param until without it, everything that has been archived @throws NoSuchBackup */
  point(id: string, until: Date | undefined): RestorePoint {
    return this.archive(id).point(until);
  }

  removeArchive(id: string): void {
    const gone = this.archives.get(id);
    this.archives.delete(id);
    if (gone) for (const archive of this.archives.values()) archive.leaves(gone);
    this.removeFolder(id);
    this.publish();
  }

  /** Ends all that goes on by itself. */
  async stop(): Promise<void> {
    await Promise.all([...this.protections.keys()].map((resource) => this.unprotect(resource)));
  }

  private newArchive(id: string): Archive {
    const archive = new Archive(this.folder(id), () => this.publish());
    this.archives.set(id, archive);
    return archive;
  }

  private archive(id: string): Archive {
    const found = this.archives.get(id);
    if (!found) throw new NoSuchBackup(`There is no content of the automated backup ${id}.`);
    return found;
  }

  private publish(): void {
    const windows = [...this.archives].flatMap(([id, archive]) => {
      const window = archive.window();
      return window ? [[id, window] as const] : [];
    });
    this.files.writeWindows(Object.fromEntries(windows));
  }

  private folder(id: string): string {
    return join(this.files.backups, id);
  }

  private base(archive: string): string {
    return join(this.folder(archive), 'base');
  }

  private removeFolder(id: string): void {
    rmSync(this.folder(id), { recursive: true, force: true });
  }
}

async function copyOf(server: PostgresServer, folder: string): Promise<BaseCopy> {
  return { folder, superuser: server.superuser, at: await server.backup(folder) };
}

function sameCopy(base: BaseCopy, folder: string): BaseCopy {
  linkTree(base.folder, folder);
  return { ...base, folder };
}
