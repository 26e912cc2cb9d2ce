import type { DashboardName } from '../alerts/alert';

/** How a panel shows its series. */
export type View =
  /** The newest value of each series, large. */
  | 'value'
  /** The names of the series that exist now, large; their values do not matter. */
  | 'names'
  | 'lines'
  /** Lines upon each other: parts of a whole. */
  | 'areas'
  /** A coloured band for each series; each value is a state with a name. */
  | 'states'
  | 'table';

/** Units in Grafana's own words; a share is a number between 0 and 1. */
export type Unit =
  | 'none'
  | 'short'
  | 'percentunit'
  | 's'
  | 'd'
  | 'bytes'
  | 'Bps'
  | 'reqps'
  | 'ops'
  | 'currencyUSD';

export interface Query {
  /** PromQL; `$region`, `$service` and `$__rate_interval` are filled in by whoever shows it. */
  readonly expression: string;
  /** Name of each series; labels in double braces are filled in. */
  readonly legend: string;
}

export type Color = 'green' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** What a value means to a person. */
export interface State {
  readonly text: string;
  readonly color: Color;
}

/** Meaning of each value. */
export type States = Readonly<Record<number, State>>;

/** A value from which on a panel changes its colour. */
export interface Step {
  readonly value: number;
  readonly color: Color;
}

export interface Panel {
  /** Never changes: links of alerts point at it. */
  readonly slug: string;
  readonly title: string;
  /** What is seen and what it should be, for a person who is called at night. */
  readonly description: string;
  readonly view: View;
  readonly unit: Unit;
  readonly queries: readonly [Query, ...Query[]];
  /** Columns of 24. */
  readonly width: number;
  /** Which side of a bound is bad; by default above. */
  readonly bad?: 'above' | 'below';
  /** False where the bound of an alert is about another quantity than the panel shows. */
  readonly drawBounds?: boolean;
  /** Bounds beside those of the alerts that name this panel: promises of the platform file. */
  readonly steps?: readonly Step[];
  /** Names of values, by value. */
  readonly states?: States;
  /** Shown in place of nothing. */
  readonly nothing?: string;
  readonly min?: number;
  readonly max?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What a person may choose at the top of a dashboard, beside the data source. */
export type Choice = 'region' | 'service';

export interface Dashboard {
  readonly name: DashboardName;
  readonly title: string;
  readonly description: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly Row[];
}

/** @returns all panels, row by row */
export const panelsOf = ({ rows }: Dashboard): readonly Panel[] => rows.flatMap(({ panels }) => panels);
