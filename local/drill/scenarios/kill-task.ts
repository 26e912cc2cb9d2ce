import type { Stage } from '../scenario';

/** Kills one of the tasks of a region that run now; nothing where none runs. @param turn which of them, going round */
export function killTask(stage: Stage, fleet: ReturnType<Stage['world']['fleet']>, turn: number): void {
  const tasks = fleet.list();
  const task = tasks[turn % Math.max(1, tasks.length)];
  if (!task) return;
  stage.note(`A task of ${task.plan.service} is killed.`);
  task.kill();
}
