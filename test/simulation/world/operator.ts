import { join } from 'node:path';
import { plan, type Request } from '../../../bin/operate/plan';
import { readRecord } from '../../../lambda/leader/read';
import { replaceRecord } from '../../../lambda/leader/replace';
import { loadPlatform } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { Host } from './host';
import { REGIONS } from './places';
import type { Simulation } from './simulation';

/** The holder renews all the time, so a write is refused now and then; so often it is tried again. */
const TRIES = 12;
const PAUSE_MS = 1_500;

let known: Platform | undefined;

/** A platform between the simulated regions; read once, when a person asks for something for the first time. */
function platform(): Platform {
  known ??= loadPlatform('ops-center', { root: join(__dirname, '..', '..', '..') });
  return known;
}

/** A person at a computer outside, who reaches the table through any of its regions, and decides as the command line does. */
export class Operator {
  private readonly host: Host;
  private requests = 0;

  constructor(private readonly simulation: Simulation) {
    this.host = new Host('operator', 'users', simulation, simulation.random.hosts);
  }

  /** Tries a command until the table took it or it makes no sense. Never rejects. */
  async ask(command: Request['command']): Promise<void> {
    this.requests += 1;
    const id = `request-${this.requests}`;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        if (await this.once({ command, id, sentence: `An operator asked for ${command}.` }, tries)) return;
      } catch {
        // The table did not answer, or nobody knows what became of the write: a person looks again.
      }
      await this.host.clock.sleep(PAUSE_MS);
    }
    this.simulation.note('The operator', `gives up: ${command} was not taken.`);
  }

  /** @returns whether there is nothing more to try */
  private async once(request: Request, tries: number): Promise<boolean> {
    const { table } = this.simulation;
    const { clock } = this.host;
    const tables = REGIONS.map((region) => table.servedBy(region, this.host));
    const current = await readRecord(tables, clock);
    if (!current) return false;
    const planned = plan(platform(), current, request);
    if (planned.step !== 'write') {
      this.simulation.note('The operator', `is told (${request.command}): ${planned.sentence}`);
      return true;
    }
    const nonce = `${request.id}/${tries}`;
    const { written } = await replaceRecord(tables, current, planned.next, nonce, clock);
    if (written)
      this.simulation.note('The operator', `asked for ${request.command}: this ${planned.sentence}.`);
    return written;
  }
}
