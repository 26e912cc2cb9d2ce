import { setTimeout as wait } from 'node:timers/promises';
import type { Rds } from '../../../lambda/region-agent/aws/rds';
import { sender } from '../../../lambda/region-agent/aws/request';
import { systemClock } from '../../../lambda/runtime/clock';
import type { FencedServer } from '../../support/fence';

/**
 * How RDS takes a request for the promotion. `succeeds-and-fails` does it and answers with an error; `refuses` is busy in
 * a way that its description does not show.
 */
export type Mood = 'works' | 'refuses' | 'throttles' | 'hangs' | 'succeeds-and-fails';

const FAULTS = {
  refuses: ['InvalidDBInstanceStateFault', 'Database instance is not in available state.'],
  throttles: ['Throttling', 'Rate exceeded'],
  'succeeds-and-fails': ['InternalFailure', 'The request processing has failed.'],
} as const;

/**
 * RDS for one instance that is a real server: it is described and promoted. What the failback recipe needs is not here.
 */
export class ServerRds implements Rds {
  mood: Mood = 'works';
  /** As RDS names it. */
  status = 'available';
  /** Requests for a promotion. */
  asked = 0;
  readonly snapshots: string[] = [];
  private readonly send = sender(systemClock);

  /** @param source of the replica; null for a primary */
  constructor(
    private readonly server: FencedServer,
    public source: string | null,
  ) {}

  readonly describe: Rds['describe'] = async () => ({
    DBInstanceStatus: this.status,
    BackupRetentionPeriod: this.source === null ? 7 : 0,
    ...(this.source === null ? {} : { ReadReplicaSourceDBInstanceIdentifier: this.source }),
  });

  readonly promote: Rds['promote'] = (identifier) =>
    this.send(`The promotion of the database ${identifier}`, (signal) => this.takePromotion(signal));

  readonly takeSnapshot: Rds['takeSnapshot'] = async (_, name) => void this.snapshots.push(name);
  readonly snapshotStatus: Rds['snapshotStatus'] = async () => undefined;
  readonly modify = notHere;
  readonly restart = notHere;
  readonly createReplica = notHere;
  readonly remove = notHere;

  /** What RDS does after it has answered. A person may do it too. */
  async promoteNow(): Promise<void> {
    this.status = 'modifying';
    await this.server.server.promote();
    this.source = null;
    this.status = 'available';
  }

  private async takePromotion(signal: AbortSignal): Promise<void> {
    this.asked += 1;
    const { mood } = this;
    if (mood === 'hangs') await wait(60_000, undefined, { signal });
    if (mood === 'works' || mood === 'succeeds-and-fails') this.begin();
    if (mood === 'works' || mood === 'hangs') return;
    throw fault(mood);
  }

  private begin(): void {
    if (this.source === null || this.status !== 'available') throw fault('refuses');
    this.promoteNow().catch(() => {
      this.status = 'failed';
    });
  }
}

function fault(mood: keyof typeof FAULTS): Error {
  const [name, message] = FAULTS[mood];
  return Object.assign(new Error(message), { name });
}

const notHere = async (): Promise<void> => {
  throw new Error('This instance is neither rebuilt nor changed.');
};
