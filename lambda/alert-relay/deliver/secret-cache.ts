import type { Clock } from '../../runtime/clock';
import type { Secrets } from '../ports';

/** For how long a value is used without asking again, in milliseconds. */
const KEPT_MS = 5 * 60_000;

/** Values of secrets, kept for a short time. A value that failed to be read is not kept. */
export class SecretCache {
  private readonly kept = new Map<string, { readonly untilMs: number; readonly value: Promise<string> }>();

  constructor(
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /** @throws what `Secrets` throws */
  read(name: string): Promise<string> {
    const kept = this.kept.get(name);
    const nowMs = this.clock.monotonic();
    if (kept && nowMs < kept.untilMs) return kept.value;
    const value = this.secrets.read(name);
    this.kept.set(name, { untilMs: nowMs + KEPT_MS, value });
    value.catch(() => this.forget(name, value));
    return value;
  }

  /**
   * Reads it anew: somebody refuses the value that is known.
   * @returns undefined if it is still the same
   */
  async replaced(name: string, refused: string): Promise<string | undefined> {
    const kept = this.kept.get(name);
    // Another message may have read it anew meanwhile.
    if (kept && (await kept.value) === refused) this.forget(name, kept.value);
    const value = await this.read(name);
    return value === refused ? undefined : value;
  }

  private forget(name: string, value: Promise<string>): void {
    if (this.kept.get(name)?.value === value) this.kept.delete(name);
  }
}
