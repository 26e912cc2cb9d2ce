import type { Task } from '../../leader/record';
import { mayTry, type Situation } from '../situation';

/** A task that failed rests this long, in milliseconds: it is best effort, and AWS may be in trouble. */
const REST_MS = 30_000;

/** @returns the tasks that are left after those that this run has done */
export const withoutDone = ({ record, memory }: Situation): readonly Task[] =>
  record.pending.filter((task) => !memory.done.has(task));

/** @returns the first task that may be tried now */
export const nextTask = (situation: Situation): Task | undefined =>
  withoutDone(situation).find((task) => mayTry(situation, task, REST_MS));
