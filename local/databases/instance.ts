import { randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ExtensionFiles } from '../postgres/binaries';
import { type CronRunner, PG_CRON, runCron } from '../postgres/cron';
import { type ArchivedLog, restoreServer } from '../postgres/restore';
import { type Credential, type PostgresServer, startServer } from '../postgres/server';
import { EMPTY_EXTENSIONS } from '../postgres/stand-ins';
import type { BaseCopy } from './archive';
import { type Files, SERVICE_USER } from './files';
import type { Loop } from './loop';
import { type LocalParameters, localParameters } from './parameters';
import { keepReplication } from './replication';

/** What a new instance is made of. */
export interface NewInstance {
  /** Name that never changes, unlike the identifier. */
  readonly resource: string;
  /** Endpoint address. */
  readonly host: string;
  /** Name -> value of its parameter group. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface NewSource extends NewInstance {
  readonly master: Credential;
  /** Made beside `postgres` if it is named. */
  readonly database?: string;
}

/** Roles that RDS makes; the master user is a member of them, and a superuser in place of what rds_superuser may do. */
const SERVICE_ROLES = ['rds_superuser', 'rds_replication', 'rds_iam'];
/** RDS has 64 MiB and archives one every five minutes; here the archive may trail by a second. */
const SEGMENT_MIB = 1;

/** One database instance: a server on this machine, its name, and the runner of its jobs. */
export class Instance {
  private cron: CronRunner | undefined;
  private replication: Loop | undefined;
  private halted = false;

  private constructor(
    readonly resource: string,
    /** Endpoint address, by which clients know it. */
    public host: string,
    readonly server: PostgresServer,
    private readonly parameters: LocalParameters,
    private readonly files: Files,
  ) {
    this.runJobs();
  }

  /** @throws with what the server wrote if it refuses a parameter */
  static async create(made: NewSource, files: Files): Promise<Instance> {
    const parameters = localParameters(made.parameters);
    const server = await startServer({
      settings: settingsOf(made, parameters, files),
      superuser: { username: SERVICE_USER, password: randomBytes(16).toString('hex') },
      segmentMib: SEGMENT_MIB,
      extensions: extensionsOf(parameters),
    });
    const instance = new Instance(made.resource, made.host, server, parameters, files);
    try {
      await instance.fill(made);
      return instance;
    } catch (error) {
      await instance.stop();
      throw error;
    }
  }

  /**
   * @param log without it, the state at the end of the base copy is restored
   * @throws with what the server wrote if it refuses a parameter, or cannot restore
   */
  static async restore(
    made: NewInstance,
    base: BaseCopy,
    files: Files,
    log?: ArchivedLog,
  ): Promise<Instance> {
    const parameters = localParameters(made.parameters);
    const settings = settingsOf(made, parameters, files);
    const { folder, superuser } = base;
    const server = await restoreServer(
      { settings, superuser, extensions: extensionsOf(parameters) },
      folder,
      log,
    );
    return new Instance(made.resource, made.host, server, parameters, files);
  }

  /** @returns a streaming copy under its own name; parameters that it lacks are those of this instance */
  async replicate(made: NewInstance, files: Files): Promise<Instance> {
    const own =
      Object.keys(made.parameters).length === 0 ? this.parameters : localParameters(made.parameters);
    const way = { region: this.region, port: this.server.port };
    const from = await files.endpoints.portFrom(regionOf(made.host), way);
    const server = await this.server.replica(settingsOf(made, own, files), from);
    return new Instance(made.resource, made.host, server, own, files);
  }

  /** Ends the replication; as in RDS, the instance restarts afterwards. */
  async promote(): Promise<void> {
    await this.server.promote();
    await this.restart();
  }

  /** As in RDS, the instance restarts: nobody stays connected to it by its old name. It shows a certificate for the new one. */
  async rename(host: string): Promise<void> {
    this.files.forServer(this.resource, host, this.parameters.forceTls);
    this.host = host;
    await this.restart();
  }

  async setPassword({ username, password }: Credential): Promise<void> {
    await this.query(`ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${escapeLiteral(password)}`);
  }

  restart(): Promise<void> {
    return this.server.restart('fast');
  }

  /** Whether it was not ended; while it restarts it is running too. */
  get isRunning(): boolean {
    return !this.halted;
  }

  get region(): string {
    return regionOf(this.host);
  }

  halt(): Promise<void> {
    return this.end('fast');
  }

  /** Its processes end at once, without a word to their clients; `start` brings it back. */
  kill(): Promise<void> {
    return this.end('immediate');
  }

  private async end(how: 'fast' | 'immediate'): Promise<void> {
    this.halted = true;
    const cron = this.cron?.stop();
    this.cron = undefined;
    // Who is told to end at once must not wait for its jobs.
    if (how === 'fast') await cron;
    await this.server.halt(how);
    await cron;
    await this.replication?.stop();
    this.replication = undefined;
  }

  async start(): Promise<void> {
    if (!this.halted) return;
    await this.server.start();
    this.halted = false;
    this.runJobs();
  }

  /** Ends the server at once: its data goes with it, so nothing has to be written down. */
  async stop(): Promise<void> {
    await this.cron?.stop();
    await this.server.halt('immediate');
    await this.replication?.stop();
    await this.server.stop();
  }

  private runJobs(): void {
    const { cronDatabase } = this.parameters;
    if (cronDatabase !== undefined) this.cron = runCron(this.server, cronDatabase, this.files.minuteSeconds);
    this.replication = keepReplication(this.server);
  }

  private async fill({ master, database }: NewSource): Promise<void> {
    const user = escapeIdentifier(master.username);
    for (const role of SERVICE_ROLES) await this.query(`CREATE ROLE ${role} NOLOGIN`);
    await this.query(
      `CREATE ROLE ${user} SUPERUSER LOGIN PASSWORD ${escapeLiteral(master.password)} IN ROLE ${SERVICE_ROLES.join(', ')}`,
    );
    if (database !== undefined && database !== 'postgres')
      await this.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${user}`);
  }

  private async query(text: string): Promise<void> {
    const session = await this.server.connect();
    try {
      await session.query(text);
    } finally {
      await session.end();
    }
  }
}

/** Of `<identifier>.<id>.<region>.rds.amazonaws.com`. */
function regionOf(host: string): string {
  return host.split('.')[2] ?? '';
}

function settingsOf(
  { resource, host }: NewInstance,
  { settings, forceTls }: LocalParameters,
  files: Files,
): Readonly<Record<string, string>> {
  return { ...settings, ...files.archiving(resource), ...files.forServer(resource, host, forceTls) };
}

function extensionsOf({ cronDatabase }: LocalParameters): ExtensionFiles {
  return cronDatabase === undefined ? EMPTY_EXTENSIONS : { ...EMPTY_EXTENSIONS, ...PG_CRON };
}
