import { timesPerMonth } from './part';
import { type BuiltResource, type BuiltStack, entry, list, property } from './template';

/** A function that the clock starts. */
export interface Scheduled {
  readonly functionName: string;
  readonly memoryMib: number;
  readonly startsPerMonth: number;
}

const SECONDS_OF: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };
const DAY_SECONDS = 86_400;

/** @returns the functions of these stacks that schedules of the same stack start; one entry for each schedule */
export const scheduledHere = (stacks: readonly BuiltStack[]): readonly Scheduled[] =>
  stacks.flatMap(({ resources }) =>
    Object.values(resources).flatMap((resource) => {
      if (resource.Type !== 'AWS::Scheduler::Schedule') return [];
      const target =
        resources[String(list(entry(entry(property(resource, 'Target'), 'Arn'), 'Fn::GetAtt'))[0])];
      return target?.Type === 'AWS::Lambda::Function' ? [started(resource, target)] : [];
    }),
  );

const started = (schedule: BuiltResource, target: BuiltResource): Scheduled => ({
  functionName: String(property(target, 'FunctionName')),
  memoryMib: Number(property(target, 'MemorySize')),
  startsPerMonth: startsPerMonth(String(property(schedule, 'ScheduleExpression'))),
});

/** A rate says it; of cron expressions only those of once a day or more seldom are in use, and count as once a day. */
function startsPerMonth(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return timesPerMonth(count === undefined ? DAY_SECONDS : Number(count) * (SECONDS_OF[unit] ?? DAY_SECONDS));
}
