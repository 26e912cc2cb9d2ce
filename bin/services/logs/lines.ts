/** One line of a task's log. */
export interface LogLine {
  /** Of CloudWatch, never given twice in a region. */
  readonly id: string;
  /** When it was written, by the clock of the task's host, in milliseconds since 1970. */
  readonly atMs: number;
  /** `<service>/<container>/<task>`; of a function `<day>/[<version>]<instance>` */
  readonly stream: string;
  readonly text: string;
}

export interface LogQuery {
  readonly sinceMs: number;
  /** Only lines that have this text in them. */
  readonly text: string | undefined;
  /** Beginning of the streams that are read; empty: all. */
  readonly streams: string;
}

export interface LogLines {
  /**
   * @returns the lines since a time in any order; undefined if the log does not exist
   */
  read(region: string, group: string, query: LogQuery): Promise<readonly LogLine[] | undefined>;
}

/** A line and where it is from. */
export interface Placed extends LogLine {
  readonly region: string;
}

/**
 * Which lines are new. CloudWatch may show a line later than one that was written after it, so each look asks again for
 * the last while, and what was told already is left out by its id. Invariants: no id is told twice; a line that becomes
 * visible within `lateMs` of the newest one told is told.
 */
export class Newness {
  private readonly told = new Map<string, number>();
  private newestMs: number;

  /**
   * @param sinceMs where the first look begins
   * @param lateMs how much later than its successors a line may become visible
   */
  constructor(
    private readonly sinceMs: number,
    private readonly lateMs: number,
  ) {
    this.newestMs = sinceMs;
  }

  /** From when the next look must ask. */
  get from(): number {
    return Math.max(this.sinceMs, this.newestMs - this.lateMs);
  }

  /**
   * @param nowMs the present time: a task whose clock is ahead must not hide what the others write meanwhile
   * @returns those that were not told yet, oldest first
   */
  take(lines: readonly LogLine[], nowMs: number): LogLine[] {
    const fresh: LogLine[] = [];
    for (const line of lines) {
      if (this.told.has(line.id)) continue;
      this.told.set(line.id, line.atMs);
      fresh.push(line);
      this.newestMs = Math.max(this.newestMs, Math.min(line.atMs, nowMs));
    }
    this.forget();
    return fresh.sort(byTime);
  }

  /** What no look asks for any more need not be remembered. */
  private forget(): void {
    for (const [id, atMs] of this.told) if (atMs < this.from) this.told.delete(id);
  }
}

export const byTime = (a: LogLine, b: LogLine): number => a.atMs - b.atMs || (a.id < b.id ? -1 : 1);

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param text `90s`, `10m`, `2h`, `1d`, or a time with its zone
 * @returns when that was, in milliseconds since 1970; undefined if it is neither
 */
export function sinceOf(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd'))
    return nowMs - Number(count) * UNITS[unit];
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const atMs = isTime ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
