import type { Host } from '../runtime/custom-resource';
import { type Asked, changeOf } from './asked';
import { LeadMoves, LeadUnknown, MigrationFailed } from './failures';
import type { Begun, Cloud, Ledger } from './ports';

/**
 * Runs the migration of a service before a deployment starts new tasks.
 *
 * What holds: it runs only in the region that leads, and is stopped when the lead goes. A change (image and command) that
 * has succeeded is never run again, also not when a stack goes back to it. At most one task runs for an attempt: the
 * token of the order follows from the change and the number of the attempt, so a function that dies at any point finds the
 * same task again; what is begun is written down too, for people and for the next attempt. A failure is told, and nothing else is changed.
 */

const POLL_MS = 5_000;
/** Changes that are remembered: a stack that goes back further would run its migration once more. */
const REMEMBERED = 50;

/** `done`: the stack may go on. Otherwise the time of the function is over and the task still runs. */
export interface Progress {
  readonly done: boolean;
  /** For the person who deploys. */
  readonly sentence: string;
}

const done = (sentence: string): Progress => ({ done: true, sentence });

/**
 * @param host its deadline is when this must have returned
 * @throws {LeadUnknown} {@link LeadMoves} {@link MigrationFailed}
 */
export async function migrate(asked: Asked, cloud: Cloud, host: Host): Promise<Progress> {
  const { service } = asked;
  const digest = asked.own
    ? await cloud.images.digest(asked.own.repository, asked.own.reference)
    : asked.image;
  if (digest === undefined)
    return done(`${service}: there is no image ${asked.image} here yet; a migration waits until it arrives.`);
  const change = changeOf(asked, digest);
  const ledger = await cloud.ledgers.read();
  // Before the lead is asked for: a stack that goes back must end, also while the lead moves or nobody can say who has it.
  if (ledger.succeeded.includes(change)) return done(`${service}: this migration has run before.`);
  const lead = await cloud.leadership.lead();
  if (!lead.known) throw new LeadUnknown(service, lead.why);
  if (!lead.leads)
    return done(`${service}: nothing is migrated here, because another region leads and does it there.`);
  if (!lead.settled) throw new LeadMoves(service, 'before');
  const run = new Run(asked, cloud, host, ledger, lead.epoch);
  return run.follow(await run.begin(change));
}

/** One attempt at a change. */
class Run {
  constructor(
    private readonly asked: Asked,
    private readonly cloud: Cloud,
    private readonly host: Host,
    private readonly ledger: Ledger,
    private readonly epoch: number,
  ) {}

  /** Starts the task, or finds the one that an earlier call has started. */
  async begin(change: string): Promise<Required<Omit<Begun, 'failed'>>> {
    const { begun } = this.ledger;
    const same = begun?.change === change ? begun : undefined;
    if (same?.task !== undefined && !same.failed) return { ...same, task: same.task };
    const attempt = same ? same.attempt + (same.failed ? 1 : 0) : 1;
    await this.write({ change, attempt });
    const { cluster, definition, subnets, securityGroups } = this.asked;
    const token = `${change}-${attempt}`;
    const task = await this.cloud.tasks.run({ cluster, definition, subnets, securityGroups, token });
    const begins = { change, attempt, task };
    await this.write(begins);
    return begins;
  }

  /** Waits for the end of the task. */
  async follow(begun: Required<Omit<Begun, 'failed'>>): Promise<Progress> {
    const { clock, deadline, log } = this.host;
    const { cluster, service } = this.asked;
    for (;;) {
      const state = await this.cloud.tasks.state(cluster, begun.task);
      log('migration', { service, task: begun.task, ...state });
      if (!state) return this.fail(begun, 'ECS knows nothing of its task any more');
      if (state.ended) {
        if (state.exitCode === 0) return this.succeed(begun);
        const code = state.exitCode === undefined ? 'its task did not start' : `exit code ${state.exitCode}`;
        return this.fail(begun, `${code} (${state.reason})`);
      }
      await this.stopIfLost(begun);
      await this.stopIfLate(begun, state.createdAt);
      if (clock.now() + POLL_MS > deadline)
        return { done: false, sentence: `${service}: its migration runs.` };
      await clock.sleep(POLL_MS);
    }
  }

  /** A table that does not answer for a moment stops nothing: the database itself refuses who may not write. */
  private async stopIfLost(begun: Begun): Promise<void> {
    const lead = await this.cloud.leadership.lead();
    if (!lead.known || (lead.leads && lead.settled && lead.epoch === this.epoch)) return;
    await this.stop(begun, 'The lead has moved.');
    throw new LeadMoves(this.asked.service, 'meanwhile');
  }

  private async stopIfLate(begun: Begun, createdAt: number | undefined): Promise<void> {
    const { timeoutMs } = this.asked;
    if (createdAt === undefined || this.host.clock.now() - createdAt < timeoutMs) return;
    await this.stop(begun, 'Its time is over.');
    throw new MigrationFailed(
      this.asked.service,
      `it did not end within ${timeoutMs / 1000} s and was stopped`,
    );
  }

  private async stop(begun: Begun, reason: string): Promise<void> {
    if (begun.task !== undefined) await this.cloud.tasks.stop(this.asked.cluster, begun.task, reason);
    await this.write({ ...begun, failed: true });
  }

  private async succeed({ change }: Begun): Promise<Progress> {
    const succeeded = [...this.ledger.succeeded, change].slice(-REMEMBERED);
    await this.cloud.ledgers.write({ succeeded });
    return done(`${this.asked.service}: its migration has run.`);
  }

  private async fail(begun: Begun, why: string): Promise<never> {
    await this.write({ ...begun, failed: true });
    throw new MigrationFailed(this.asked.service, why);
  }

  private write(begun: Begun): Promise<void> {
    return this.cloud.ledgers.write({ succeeded: this.ledger.succeeded, begun });
  }
}
