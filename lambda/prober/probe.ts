import type { Clock } from '../runtime/clock';
import { HoldfastError } from '../runtime/errors';
import { askHealth, type GetStatus } from '../runtime/health';
import type { ProbeAnswer, Question } from './contract';

/** For how long an answer serves others too, in milliseconds: several agents ask at about the same time. */
const KEPT_MS = 3_000;

type Side = Question['side'];

/** Asked for a side that there is not. */
export class UnknownSide extends HoldfastError {
  constructor(readonly side: unknown) {
    super(`The side to probe must be home or standby, but is ${JSON.stringify(side) ?? 'absent'}.`);
  }
}

/**
 * Looks from a third region whether the application of a side answers. It tells an agent that is cut off from a side
 * that is down, and nothing more: it decides nothing.
 */
export class Probe {
  private readonly kept = new Map<
    Side,
    { readonly untilMs: number; readonly answer: Promise<ProbeAnswer> }
  >();

  constructor(
    private readonly urls: Readonly<Record<Side, string>>,
    private readonly get: GetStatus,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns an answer that is at most 3 s old when its asking began
   * @throws {UnknownSide}
   */
  async ask(question: Question): Promise<ProbeAnswer> {
    const { side } = question;
    const url = Object.hasOwn(this.urls, side) ? this.urls[side] : undefined;
    if (url === undefined) throw new UnknownSide(side);
    const kept = this.kept.get(side);
    const nowMs = this.clock.monotonic();
    if (kept && nowMs < kept.untilMs) return kept.answer;
    const answer = askHealth(this.clock, this.get, url);
    this.kept.set(side, { untilMs: nowMs + KEPT_MS, answer });
    return answer;
  }
}
