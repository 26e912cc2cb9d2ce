import type { Turn } from '../../../lambda/region-agent/turn';
import type { Observer } from '../world/observer';
import type { SideName } from '../world/places';
import type { Simulation } from '../world/simulation';
import type { Report, Rule } from './violation';

/**
 * Faults that defeat the fence by definition: somebody edits it, or the clock that it rests on jumps. What the fence is for
 * cannot hold then. What is demanded is that a person is told: by a page, or by a turn that signals an alarm or a failure.
 */

/** The rules that rest on the fence, and the end that is never reached while two regions write. */
const OF_THE_FENCE: readonly Rule[] = [1, 3, 4, 5, 6, 8, 10];

export class Truth implements Observer {
  private told = false;
  private excused: string | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly defeated: boolean,
  ) {}

  /** @returns whether the violation is one that the fault makes by definition */
  excuses(rule: Rule, sentence: string): boolean {
    if (!this.defeated || !OF_THE_FENCE.includes(rule)) return false;
    this.excused ??= sentence;
    return true;
  }

  paged(): void {
    this.told = true;
  }

  turned(_region: SideName, _host: string, turn: Turn): void {
    if (turn.signals.length > 0 || turn.failures.length > 0) this.told = true;
  }

  /** To be called at the end. */
  check(report: Report): void {
    if (this.excused === undefined || this.told) return;
    const at = Math.round(this.simulation.scheduler.now / 1000);
    report('truth', `After ${at} s nobody has been told, though: ${this.excused}`);
  }
}
