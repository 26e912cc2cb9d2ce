import { DATA_STACK_SUFFIX } from '../../../lambda/deploy-guard/contract';
import { type KnownLeadership, refusals } from '../../../lambda/deploy-guard/rule';
import { changesBetween, parseTemplate } from '../../../lambda/deploy-guard/templates';
import type { Check } from '../../checks/check';
import { ok, todo } from '../../checks/line';
import type { PreflightPorts } from '../ports';
import type { Situation } from '../situation';
import type { PlannedStack } from './assembly';

/** Would a deployment of what is in this folder now touch the writer, or run in the middle of a failover? */
export const planned = (
  { record }: Situation,
  { deployed }: PreflightPorts,
  stacks: () => Promise<readonly PlannedStack[]>,
): Check => {
  const leadership: KnownLeadership = record.known
    ? { known: true, record: record.value }
    : { known: false, sentence: record.sentence };
  return {
    name: 'plan',
    asksAws: true,
    tasks: ({ regions }) =>
      [...new Set([regions.home.name, regions.standby.name])].map((region) => ({
        place: region,
        run: async () => {
          const here = (await stacks()).filter((stack) => stack.region === region);
          const found = await Promise.all(here.map((stack) => judged(stack, deployed, leadership)));
          const refused = found.flatMap(({ reasons }) => reasons);
          const changed = found.filter(({ changes }) => changes > 0).length;
          if (refused.length > 0) return refused.map((reason) => todo(reason));
          return [
            ok(
              changed === 0
                ? 'A deployment would change nothing here.'
                : `A deployment would change ${changed} of ${here.length} stacks here, and no writer.`,
            ),
          ];
        },
      })),
  };
};

async function judged(
  { name, region, template }: PlannedStack,
  deployed: PreflightPorts['deployed'],
  leadership: KnownLeadership,
): Promise<{ readonly changes: number; readonly reasons: readonly string[] }> {
  const before = await deployed.template(region, name);
  const resources = changesBetween(
    before === undefined ? undefined : parseTemplate(before),
    parseTemplate(template),
  );
  const holdsData = name.endsWith(DATA_STACK_SUFFIX);
  const change = { stack: name, region, holdsData, deletesStack: false, resources };
  return { changes: resources.length, reasons: refusals(change, leadership) };
}
