import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What every benchmark prints: the same form for all, so that runs can be compared by a program. */
export interface Report {
  readonly name: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGib: number;
    readonly node: string;
    readonly platform: string;
  };
  /** Dimensionless comparisons made side by side in this run; some of a kind stand together under its name. */
  readonly ratios: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** Measured numbers; the unit is the last word of the key. */
  readonly figures: Readonly<Record<string, number>>;
  /** Every single measurement, in the order in which it was made. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** What a reader of the numbers must know, in sentences. */
  readonly notes?: readonly string[];
}

export const report = (
  name: string,
  rest: Pick<Report, 'ratios' | 'figures' | 'samples' | 'notes'>,
): Report => ({
  name,
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  },
  ...rest,
});

/** @param path names with dots between them: `ratios.drainVsRecvlogical.bulk` */
export function numberAt(result: Report, path: string): number | undefined {
  const found = path.split('.').reduce<unknown>((value, name) => Object(value)[name] as unknown, result);
  return typeof found === 'number' ? found : undefined;
}

/** Prints the report, and writes it to a file if one is named. */
export function publish(result: Report, file: string | undefined): void {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (file !== undefined) writeFileSync(file, text);
  process.stdout.write(text);
}

/** @throws RangeError if there is no sample */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('There is no median of nothing.');
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return (lower + upper) / 2;
}

/** Three digits are more than a median of a few runs can carry. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
