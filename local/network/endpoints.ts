import { renameSync, writeFileSync } from 'node:fs';
import { type Link, openLink } from './link';
import { type End, type Network, OUTSIDE } from './network';

/** A name, and where on this machine it answers. */
export interface Endpoint {
  readonly host: string;
  readonly region: string;
  readonly port: number;
}

/**
 * What names of the platform mean on this machine, seen from each end of the network: a file from outside, and one beside
 * it for each region, `<file>.<region>`. From another region than its own a name leads over the network.
 */
export class Endpoints {
  private readonly owners = new Map<string, readonly Endpoint[]>();
  private readonly links = new Map<string, Promise<Link>>();

  /**
   * @param file JSON: name -> port of the loopback interface; written whole, so whoever reads it sees one state
   * @param network without it, every name leads straight to its port
   */
  constructor(
    readonly file: string,
    private readonly network?: Network,
  ) {
    for (const end of this.ends()) write(this.fileOf(end), {});
  }

  /** Replaces all names of an owner. */
  async publish(owner: string, endpoints: readonly Endpoint[]): Promise<void> {
    this.owners.set(owner, endpoints);
    const all = [...this.owners.values()].flat();
    for (const end of this.ends()) {
      const ports = await Promise.all(
        all.map(async (one) => [one.host.toLowerCase(), await this.portFrom(end, one)]),
      );
      write(this.fileOf(end), Object.fromEntries(ports));
    }
  }

  /** @returns the port that leads from one end to a port of a region */
  async portFrom(from: End, { region, port }: Pick<Endpoint, 'region' | 'port'>): Promise<number> {
    const { network } = this;
    if (!network || from === region || !network.regions.includes(region)) return port;
    const name = `${from} ${region} ${port}`;
    const link = this.links.get(name) ?? openLink(network, from, region, port);
    this.links.set(name, link);
    return (await link).port;
  }

  async close(): Promise<void> {
    await Promise.all([...this.links.values()].map(async (link) => (await link).close()));
    this.links.clear();
  }

  private ends(): readonly End[] {
    return [OUTSIDE, ...(this.network?.regions ?? [])];
  }

  private fileOf(end: End): string {
    return end === OUTSIDE ? this.file : `${this.file}.${end}`;
  }
}

function write(file: string, content: object): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(content), { mode: 0o644 });
  renameSync(next, file);
}
