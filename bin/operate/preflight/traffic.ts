import { answerOf } from '../../../lambda/health-check-gate/settled';
import { STANDBY_LEADS_PATH } from '../../../lambda/leadership-endpoint/contract';
import { EDGE_REGION, endpointDomain, publicNames, regionDomain, stackName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { CHECKS_IN_A_ROW, ENDPOINT_CHECK_SECONDS } from '../../../lib/config/timings';
import type { Check } from '../../checks/check';
import { type Finding, GLOBAL, ok, todo, unknown } from '../../checks/line';
import type { HealthCheck, Traffic } from '../ports';
import type { Situation } from '../situation';

/** Route 53 as the failover needs it: what was deployed is what `lib/traffic/failover-records.ts` makes. */
export const traffic = ({ record }: Situation, port: Traffic): Check => ({
  name: 'traffic',
  asksAws: true,
  tasks: (platform) => [
    {
      place: GLOBAL,
      run: async () => {
        const pairs = await Promise.all(publicNames(platform).map((name) => pairOf(platform, name, port)));
        const wrong = pairs.flatMap(({ findings }) => findings);
        const [first] = pairs;
        if (wrong.length > 0 || !first?.standbyLeads || !first.homeLeads) return wrong;
        const holder = record.known ? record.value?.holder : undefined;
        const checks = await checksOf(platform, first.standbyLeads, first.homeLeads, holder, port);
        return [
          ok(
            `${pairs.length === 1 ? 'The failover record is' : `All ${pairs.length} pairs of failover records are`} as deployed.`,
          ),
          ...checks,
        ];
      },
    },
  ],
});

/**
 * Brings back what was changed by hand: a usual deployment compares templates only, which are the same, and does nothing.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
const asDeployed = (platform: Platform): string =>
  `npx cdk deploy --exclusively ${stackName(platform, EDGE_REGION, 'Edge')} --revert-drift`;

interface Pair {
  readonly standbyLeads: string | undefined;
  readonly homeLeads: string | undefined;
  readonly findings: readonly Finding[];
}

async function pairOf(platform: Platform, name: string, port: Traffic): Promise<Pair> {
  const found = await port.failoverRecords(platform.domain.hostedZone.id, name);
  const [primary, secondary] = (['PRIMARY', 'SECONDARY'] as const).map((role) =>
    found.find((one) => one.role === role),
  );
  const homeLeads = primary?.healthCheck;
  const standbyLeads = secondary?.healthCheck;
  const findings: Finding[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) findings.push(todo(`${name}: ${sentence}`, asDeployed(platform)));
  };
  expect(found.length === 2, `there are ${found.length} failover records, not a pair.`);
  expect(
    primary?.target === regionDomain(platform, 'home'),
    `the primary does not point at ${regionDomain(platform, 'home')}.`,
  );
  expect(
    secondary?.target === regionDomain(platform, 'standby'),
    `the secondary does not point at ${regionDomain(platform, 'standby')}.`,
  );
  expect(
    found.every((one) => !one.evaluatesTarget),
    'target health is evaluated, so a sick balancer could move the traffic.',
  );
  expect(homeLeads !== undefined && standbyLeads !== undefined, 'a record has no health check.');
  return { standbyLeads, homeLeads, findings };
}

async function checksOf(
  platform: Platform,
  standbyLeads: string,
  homeLeads: string,
  holder: string | undefined,
  port: Traffic,
): Promise<Finding[]> {
  const [yes, no] = await Promise.all([port.healthCheck(standbyLeads), port.healthCheck(homeLeads)]);
  const findings: Finding[] = [];
  if (!isCalculated(no, 1, true) || !no.children.includes(standbyLeads))
    findings.push(
      todo('The check of the primary is not the opposite of that of the secondary.', asDeployed(platform)),
    );
  if (!isCalculated(yes, 2, false))
    return [
      ...findings,
      todo('The check of the secondary is not an OR of two endpoints.', asDeployed(platform)),
    ];
  const leads = holder === undefined ? undefined : holder === platform.regions.standby.name;
  const asked = await Promise.all(yes.children.map((id) => endpointOf(platform, id, leads, port)));
  return [...findings, ...asked];
}

const isCalculated = (
  check: HealthCheck | undefined,
  children: number,
  inverted: boolean,
): check is Extract<HealthCheck, { kind: 'calculated' }> =>
  check?.kind === 'calculated' &&
  check.children.length === children &&
  check.threshold === 1 &&
  check.inverted === inverted;

async function endpointOf(
  platform: Platform,
  id: string,
  standbyLeads: boolean | undefined,
  port: Traffic,
): Promise<Finding> {
  const check = await port.healthCheck(id);
  const hosts = [endpointDomain(platform, 'standby'), endpointDomain(platform, 'witness')];
  if (
    check?.kind !== 'asked' ||
    !hosts.includes(check.host) ||
    check.path !== STANDBY_LEADS_PATH ||
    check.intervalSeconds !== ENDPOINT_CHECK_SECONDS ||
    check.inARow !== CHECKS_IN_A_ROW
  )
    return todo(`The check ${id} does not ask a leadership endpoint as it should.`, asDeployed(platform));
  if (standbyLeads === undefined)
    return unknown('Who leads is not known, so nothing can be compared with it.');
  return agreement(check.host, await port.observations(id), standbyLeads);
}

function agreement(host: string, seen: readonly string[], standbyLeads: boolean): Finding {
  const answers = seen.map(answerOf);
  const wanted = standbyLeads ? 'yes' : 'no';
  const right = answers.filter((one) => one === wanted).length;
  const silent = answers.filter((one) => one === 'none').length;
  const what = standbyLeads ? 'the standby leads' : 'home leads';
  if (seen.length === 0) return unknown(`No checker has told of ${host} yet.`);
  if (right === seen.length) return ok(`${host} tells all ${seen.length} checkers that ${what}.`);
  const silence = silent > 0 ? ` ${silent} got no answer of it.` : '';
  return todo(`Only ${right} of ${seen.length} checkers hear from ${host} that ${what}.${silence}`);
}
