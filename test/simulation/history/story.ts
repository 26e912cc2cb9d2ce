import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Turn } from '../../../lambda/region-agent/turn';
import type { Observer } from '../world/observer';
import { ROLE, type SideName } from '../world/places';
import type { Scheduler } from '../world/scheduler';
import type { Server } from '../world/server';
import type { Commit } from '../world/wal';
import { type Bug, runHistory } from './run';
import type { Script } from './script';

/** An agent's sentence is told again only when the region has said something else meanwhile, or after so long. */
const AGAIN_MS = 120_000;

/** Writes down what happens in a history, in plain sentences with their times. */
class Teller implements Observer {
  readonly lines: string[] = [];
  scheduler: Scheduler | undefined;
  private readonly said = new Map<string, number>();
  private committing: { server: number; epoch: number; count: number } | undefined;

  turned(region: SideName, _host: string, { sentence, failures, limitation }: Turn): void {
    const why = limitation === undefined || sentence.includes(limitation) ? '' : ` ${limitation}`;
    const whole = [sentence + why, ...failures].join(' ');
    const key = `${region} ${whole.replace(/\d[\d/A-F.]*/g, '#')}`;
    const last = this.said.get(key);
    if (last !== undefined && this.nowMs - last < AGAIN_MS) {
      this.said.set(key, this.nowMs);
      return;
    }
    this.said.set(key, this.nowMs);
    this.tell(`The agent of ${ROLE[region]}: ${whole}`);
  }

  recordWritten(record: LeadershipRecord, before: LeadershipRecord | undefined, byHost: string): void {
    const same =
      before &&
      record.epoch === before.epoch &&
      record.state === before.state &&
      record.frozen === before.frozen &&
      record.operation?.id === before.operation?.id;
    if (same) return;
    const frozen = record.frozen ? ', frozen' : '';
    const operation = record.operation
      ? `, operation ${record.operation.kind} to ${record.operation.to}`
      : '';
    this.tell(
      `${byHost} writes: ${record.state}, ${record.holder}, epoch ${record.epoch}, version ${record.version}${frozen}${operation}.`,
    );
  }

  leased(
    server: Server,
    what: 'renewed' | 'opened' | 'closed',
    { epoch, version }: { epoch: number; version: number },
  ): void {
    if (what !== 'renewed')
      this.tell(`The lease in ${whereIs(server)} is ${what} (epoch ${epoch}, version ${version}).`);
  }

  committed(server: Server, commit: Commit): void {
    const { committing } = this;
    if (committing?.server === server.number && committing.epoch === commit.epoch) {
      committing.count += 1;
      return;
    }
    if (committing)
      this.tell(
        `(${committing.count} commits under epoch ${committing.epoch} in server ${committing.server} until here.)`,
      );
    this.committing = { server: server.number, epoch: commit.epoch, count: 1 };
    this.tell(
      `A client commits in ${whereIs(server)} under epoch ${commit.epoch}: transaction ${commit.id}.`,
    );
  }

  promotionAccepted(region: SideName): void {
    this.tell(`RDS begins to promote the database in ${region}.`);
  }

  promoted(region: SideName): void {
    this.tell(`The database in ${region} is a primary.`);
  }

  paged(region: SideName, sentence: string): void {
    this.tell(`A person is paged from ${ROLE[region]}: ${sentence}`);
  }

  faulted(sentence: string): void {
    this.tell(sentence);
  }

  private get nowMs(): number {
    return this.scheduler?.now ?? 0;
  }

  private tell(sentence: string): void {
    this.lines.push(`${clockOf(this.nowMs)}  ${sentence}`);
  }
}

const whereIs = ({ place, number }: Server): string => `${place} (server ${number})`;

/** Minutes, seconds and tenths since the beginning. */
export function clockOf(milliseconds: number): string {
  const tenths = Math.floor(milliseconds / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${String(minutes).padStart(2)}:${seconds}`;
}

/** @returns what happens in a history, one sentence a line */
export async function tell(script: Script, bug: Bug = {}): Promise<readonly string[]> {
  const teller = new Teller();
  const listening: Bug = {
    ...bug,
    patch: (simulation) => {
      teller.scheduler = simulation.scheduler;
      bug.patch?.(simulation);
    },
  };
  await runHistory(script, listening, teller);
  return teller.lines;
}
