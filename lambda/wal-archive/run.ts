import { sentenceOf } from '../runtime/errors';
import type { ArchiveSettings } from './contract';
import { AnotherTransaction } from './cut/archived-part';
import { Superseded } from './put/append';
import { type Ending, progressReport, type Report } from './report';
import { type Bounds, type Host, session } from './session';
import { Tally } from './tally';

/**
 * Sessions, one after the other, for as long as the mode says. After an error nothing is carried over: the next session
 * derives its position from the store. An error that could pass is met again by the next start of the function, or by
 * the next session of the service.
 */

/** Pauses between sessions, in milliseconds. */
const HANDOVER_POLL_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 30_000;
/** How often another archiver may be faster before a run gives up. */
const SUPERSEDED_MAX = 5;
/** A function starts no session with less time than this. */
const SESSION_MS_MIN = 10_000;

/** Gets what is to be said: at the end of each session that did something. */
export type Tell = (report: Report) => void;

/**
 * A start of the function.
 * @param bounds its deadline is that of the function without the margin for the end
 * @throws what ended the last session, after it was told
 */
export async function run(
  host: Host,
  settings: ArchiveSettings,
  bounds: Omit<Bounds, 'mode'>,
  tell: Tell,
): Promise<void> {
  const { clock } = host;
  const handover = Math.min(bounds.deadline, clock.monotonic() + settings.handoverSeconds * 1000);
  const runs = new Runs(host, { ...bounds, mode: settings.mode }, tell);
  for (;;) {
    const ending = await runs.next();
    if (ending === 'busy' && clock.monotonic() + HANDOVER_POLL_MS < handover) {
      await clock.sleep(HANDOVER_POLL_MS);
      continue;
    }
    runs.sayLast();
    const again =
      settings.mode === 'stream' && (ending === 'database gone' || ending === 'leadership changed');
    if (!again || clock.monotonic() + SESSION_MS_MIN > bounds.deadline) return;
    await clock.sleep(FIRST_PAUSE_MS);
  }
}

/** The service: until it is told to stop. Errors are told and passed over. */
export async function serve(host: Host, signal: AbortSignal, tell: Tell): Promise<void> {
  const { clock } = host;
  const runs = new Runs(host, { mode: 'service', deadline: Number.POSITIVE_INFINITY, signal }, tell);
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const begun = clock.monotonic();
    const ending = await runs.next().catch(() => undefined);
    if (ending !== undefined) runs.sayLast();
    // A session that went well for a while says that the trouble before has passed.
    pause = clock.monotonic() - begun > PAUSE_MS_MAX ? FIRST_PAUSE_MS : Math.min(2 * pause, PAUSE_MS_MAX);
    if (!signal.aborted) await clock.sleep(pause, signal).catch(() => undefined);
  }
}

/** Where another run reads the slot, that one tells. Where nothing is written there is nothing to archive, and all is well. */
function measured(ending: Ending, metrics: Report['metrics']): Report['metrics'] {
  if (ending === 'busy') return {};
  return ending === 'not the writer' ? { runs: 1 } : { runs: 1, ...metrics };
}

class Runs {
  #superseded = 0;
  #last: (() => void) | undefined;

  constructor(
    private readonly host: Host,
    private readonly bounds: Bounds,
    private readonly tell: Tell,
  ) {}

  /** Tells of the last session. One that found the slot in use and waits for it is not worth a line. */
  sayLast(): void {
    this.#last?.();
    this.#last = undefined;
  }

  /** @throws what ended the session before its time, after it was told */
  async next(): Promise<Ending> {
    for (;;) {
      const tally = new Tally();
      try {
        const progress = (): void => this.#say(tally, 'under way', undefined);
        const { ending, sentence } = await session(this.host, { ...this.bounds, progress }, tally);
        this.#superseded = 0;
        this.#last = () => this.#say(tally, ending, sentence);
        return ending;
      } catch (error) {
        this.#superseded += 1;
        if (error instanceof Superseded && this.#superseded <= SUPERSEDED_MAX) continue;
        this.#fail(tally, error);
        throw error;
      }
    }
  }

  #say(tally: Tally, ending: Ending, sentence: string | undefined): void {
    const report = progressReport(tally, ending, this.host.clock.now());
    this.tell({
      sentence: [report.sentence, sentence].filter(Boolean).join(' '),
      metrics: measured(ending, report.metrics),
    });
  }

  #fail(tally: Tally, error: unknown): void {
    const report = progressReport(tally, 'under way', this.host.clock.now());
    const hint = error instanceof AnotherTransaction ? ' Look whether the slot was made anew.' : '';
    this.tell({
      sentence: `${report.sentence} It failed: ${sentenceOf(error)}${hint}`,
      metrics: { ...report.metrics, failures: 1 },
    });
  }
}
