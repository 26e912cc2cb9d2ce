import type { OperatorPorts } from '../operate/ports';

/** A template of an experiment. */
export interface Template {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** An experiment as FIS tells of it. */
export interface Experiment {
  readonly id: string;
  /** `pending`, `initiating`, `running`, `completed`, `stopping`, `stopped`, `failed`, `cancelled`. */
  readonly status: string;
  readonly reason: string;
  /** State of each action, by its name. */
  readonly actions: Readonly<Record<string, string>>;
}

/** AWS FIS. */
export interface Experiments {
  /** All of a region, also those of others. */
  templates(region: string): Promise<readonly Template[]>;
  /** @param token saying the same one again begins nothing new */
  start(region: string, template: string, token: string): Promise<Experiment>;
  look(region: string, id: string): Promise<Experiment>;
  /** Ends it; FIS then puts back what it had changed. */
  stop(region: string, id: string): Promise<void>;
}

export interface ChaosPorts extends OperatorPorts {
  readonly experiments: Experiments;
}
