/** Who brings a series into the workspace; `recorded` ones are made there by recording rules. */
export type SeriesSource =
  | 'application'
  | 'task'
  | 'postgres'
  | 'cache'
  | 'cloudwatch'
  | 'holdfast'
  | 'collector'
  | 'recorded';

/** A `counter` only rises, so it is read through `rate` or `increase`; a `gauge` is read as it is. */
export type SeriesKind = 'counter' | 'gauge';

/** One name that rules and dashboards may use. */
export interface Series {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly source: SeriesSource;
  /** Labels beside those that every series has. */
  readonly labels: readonly string[];
  /** What one unit of the value is, for example `seconds`; `1` for a flag that is 1 or 0. */
  readonly unit: string;
  /** One sentence. */
  readonly meaning: string;
}

/** Statistics of CloudWatch that are read. */
export type Statistic = 'Sum' | 'Maximum' | 'Minimum' | 'Average' | 'p50' | 'p95' | 'p99';

/** A series whose values CloudWatch has. Each of its values is about one period, so all are gauges, sums too. */
export interface CloudWatchSeries extends Series {
  readonly kind: 'gauge';
  readonly source: 'cloudwatch' | 'holdfast';
  readonly cloudWatch: {
    readonly namespace: string;
    readonly metric: string;
    readonly statistic: Statistic;
    /** Dimensions by which CloudWatch knows it, and the label that each becomes; undefined: none. */
    readonly dimensions: Readonly<Record<string, string | undefined>>;
    /** How often it is read, which is what it costs. */
    readonly everySeconds: 60 | 300 | 3600;
    /** Whether the collector of the other region reads it too, to tell what happens here when this region cannot. */
    readonly peer: boolean;
  };
}

/** Labels that every series has: the collectors add them to whatever they send. */
export const COMMON_LABELS = ['platform', 'region', 'role'] as const;
