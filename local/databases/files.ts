import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, makeAuthority } from '../certificate';
import { own } from '../postgres/binaries';

/** User whom the service itself has in every instance, as RDS has it. */
export const SERVICE_USER = 'rdsadmin';

/** The files that the databases of one local AWS API share with each other and with the functions. */
export class Files {
  private readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-databases-'));
  private readonly authority: Authority = makeAuthority();
  /** What clients of the databases trust, in PEM. */
  readonly caFile = join(this.folder, 'ca.pem');
  /** JSON: endpoint address -> port of the loopback interface. Written whole, so whoever reads it sees one state. */
  readonly mapFile = join(this.folder, 'endpoints.json');

  constructor() {
    // Servers run as another user if this process is root.
    chmodSync(this.folder, 0o755);
    writeFileSync(this.caFile, this.authority.certificate, { mode: 0o644 });
    this.writeMap({});
  }

  get ca(): string {
    return this.authority.certificate;
  }

  writeMap(ports: Readonly<Record<string, number>>): void {
    const next = `${this.mapFile}.next`;
    writeFileSync(next, JSON.stringify(ports), { mode: 0o644 });
    renameSync(next, this.mapFile);
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

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file that only the servers may read. @returns its path */
  private private(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    own(file);
    return file;
  }
}
