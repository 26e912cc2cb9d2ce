import type { Platform } from '../../lib/config/platform';
import type { Finding } from './line';
import type { Ports } from './ports';

/** One question at one place. It may throw: the runner makes an `unknown` line of it. */
export interface Task {
  /** A region, or `global`. */
  readonly place: string;
  run(): Promise<readonly Finding[]>;
}

/** A kind of question that is asked before a deployment. Checks only read. */
export interface Check {
  /** As it stands in the table. */
  readonly name: string;
  /** Whether it needs credentials of the platform's account. */
  readonly asksAws: boolean;
  /** What is to be asked for a platform; no task if the platform does not need it. */
  tasks(platform: Platform, ports: Ports): readonly Task[];
}

/** The same question in several places. */
export const inEach = (
  places: readonly string[],
  ask: (place: string) => Promise<readonly Finding[]>,
): Task[] => places.map((place) => ({ place, run: () => ask(place) }));
