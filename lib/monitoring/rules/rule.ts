/** A rule of Prometheus that writes a series of its own, because several rules or panels read it. */
export interface RecordingRule {
  /** `<level>:<what>:<operation>`, for example `service:http_requests:rate5m`. */
  readonly record: string;
  /** PromQL. */
  readonly expression: string;
}

export interface AlertRule {
  readonly alert: string;
  /** PromQL. */
  readonly expression: string;
  readonly forSeconds: number;
  readonly keepFiringSeconds?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertRule;

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  /** On every series and alert of the group. */
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}
