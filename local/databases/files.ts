import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, type Certificate, makeAuthority } from '../certificate';
import { Endpoints } from '../network/endpoints';
import type { Network } from '../network/network';
import { own } from '../postgres/binaries';
import { dataRoot } from '../postgres/data-root';

/** User whom the service itself has in every instance, as RDS has it. */
export const SERVICE_USER = 'rdsadmin';

/** The files that the databases of one local AWS API share with each other and with the functions. */
export class Files {
  private readonly folder = mkdtempSync(join(dataRoot(), 'holdfast-databases-'));
  private readonly authority: Authority = makeAuthority();
  private readonly publicAuthority: Authority = makeAuthority();
  /** What clients of the databases trust, in PEM; they trust public names too. */
  readonly caFile = join(this.folder, 'ca.pem');
  /** What everybody else trusts: public names only. */
  readonly publicCaFile = join(this.folder, 'public-ca.pem');
  /** What endpoint addresses mean on this machine. */
  readonly endpoints: Endpoints;
  /** JSON: id of an automated backup -> from when to when it can be restored, ISO 8601. Written whole, too. */
  readonly windowsFile = join(this.folder, 'windows.json');
  /** Where the contents of backups are. */
  readonly backups = join(this.folder, 'backups');

  /**
   * @param network between the regions of the databases; without it each is reached from everywhere
   * @param minuteSeconds how long a minute of their jobs' schedules lasts
   */
  constructor(
    network?: Network,
    readonly minuteSeconds = 60,
  ) {
    // Backups are large: they must not stay if this process ends early.
    process.once('exit', this.removeNow);
    // Servers run as another user if this process is root.
    chmodSync(this.folder, 0o755);
    const both = `${this.authority.certificate}\n${this.publicAuthority.certificate}`;
    writeFileSync(this.caFile, both, { mode: 0o644 });
    writeFileSync(this.publicCaFile, this.publicAuthority.certificate, { mode: 0o644 });
    for (const name of ['backups', 'archiving']) mkdirSync(join(this.folder, name));
    this.endpoints = new Endpoints(join(this.folder, 'endpoints.json'), network);
    this.writeWindows({});
  }

  get ca(): string {
    return this.authority.certificate;
  }

  writeWindows(windows: Readonly<Record<string, { readonly earliest: Date; readonly latest: Date }>>): void {
    replace(this.windowsFile, windows);
  }

  /**
   * @returns settings with which a server puts each segment of its log that is complete to where `archiveTo` says, and
   * nowhere as long as it says nothing. A server cannot begin to archive without a restart, so it always does.
   */
  archiving(resource: string): Readonly<Record<string, string>> {
    const to = this.archivingTo(resource);
    // Most of a segment that was closed early is zeros.
    const copy = `{ cp --sparse=always '%p' '${to}/%f.part' 2>/dev/null || cp '%p' '${to}/%f.part'; }`;
    const command = `test ! -e '${to}' || { ${copy} && mv '${to}/%f.part' '${to}/%f'; }`;
    return { archive_mode: 'on', archive_command: command };
  }

  /** @param folder to which the server's user may write; undefined ends the archiving */
  archiveTo(resource: string, folder: string | undefined): void {
    const link = this.archivingTo(resource);
    rmSync(link, { force: true });
    if (folder !== undefined) symlinkSync(folder, link);
  }

  /**
   * Writes a certificate for `host` and nothing else, and who may log in how.
   * @param resource names the files; the same again replaces them
   * @returns settings of a server that uses them
   */
  forServer(resource: string, host: string, forceTls: boolean): Readonly<Record<string, string>> {
    const { certificate, key } = this.authority.issue([host]);
    const certificateFile = this.private(`${resource}.crt`, certificate);
    const keyFile = this.private(`${resource}.key`, key);
    const others = forceTls ? 'hostssl' : 'host';
    const lines = ['all', 'replication'].map(
      (what) => `host ${what} ${SERVICE_USER} 127.0.0.1/32 scram-sha-256`,
    );
    const rules = [...lines, `${others} all all 127.0.0.1/32 scram-sha-256`, ''].join('\n');
    return {
      ssl: 'on',
      ssl_cert_file: certificateFile,
      ssl_key_file: keyFile,
      hba_file: this.private(`${resource}.hba`, rules),
    };
  }

  get publicCa(): string {
    return this.publicAuthority.certificate;
  }

  /** @returns a certificate for a server of public names */
  publicCertificate(hosts: readonly string[]): Certificate {
    return this.publicAuthority.issue(hosts);
  }

  remove(): void {
    process.removeListener('exit', this.removeNow);
    this.removeNow();
  }

  private readonly removeNow = (): void => rmSync(this.folder, { recursive: true, force: true });

  private archivingTo(resource: string): string {
    return join(this.folder, 'archiving', resource);
  }

  /** A file that only the servers may read. @returns its path */
  private private(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    own(file);
    return file;
  }
}

function replace(file: string, content: object): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(content), { mode: 0o644 });
  renameSync(next, file);
}
