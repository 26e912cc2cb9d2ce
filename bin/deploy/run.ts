import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../lib/config/platform';
import { stackExists } from '../checks/platform-stacks';
import type { Terminal } from '../commands/terminal';
import { explain } from '../operate/failures';
import { type PlannedStack, readAssembly } from '../operate/preflight/assembly';
import type { Ended, Manner } from '../recover/telling';
import type { Health } from '../services/health/row';
import { CdkFailed } from './cdk';
import { lineSentences, standsAgainst, standsAgainstPlan } from './gate';
import { type First, movedSince, type Order, orderOf } from './order';
import type { DeployPorts } from './ports';

export interface DeployRequest {
  /** Name or path of the platform file, as the CDK takes it. */
  readonly file: string;
  /** Whether a person has agreed beforehand. */
  readonly agreed: boolean;
  /** Where services go first; if it is left out, to the region that does not lead. */
  readonly first?: First;
}

/** How the platform is afterwards. */
export type Verdict = () => Promise<{ readonly health: Health; readonly sentence: string }>;

/** Brings what is deployed to what the file says: asks, compares, deploys, looks. */
export async function deploy(
  platform: Platform,
  request: DeployRequest,
  ports: DeployPorts,
  terminal: Terminal,
  manner: Manner,
  tell: (sentence: string) => void,
  verdict: Verdict,
): Promise<Ended> {
  const against = await standsAgainst(platform, ports.checks());
  if (against.length > 0) return refused(against.flatMap(lineSentences));
  const order = await orderNow(platform, request.first, ports);
  if (!order.known) return refused([order.sentence]);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-deploy-'));
  try {
    const run = { platform, request, order, folder, ports, terminal, manner, tell, verdict };
    return await fromAssembly(run);
  } catch (error) {
    if (!(error instanceof CdkFailed)) throw error;
    return afterFailure(platform, error, ports);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first deployment makes the table that the order is read from. */
async function orderNow(
  platform: Platform,
  said: First | undefined,
  { checks, preflight }: DeployPorts,
): Promise<Order> {
  const { name: witness } = platform.regions.witness;
  const isLed = await stackExists(checks().stacks, platform, witness, 'Leadership');
  return orderOf(platform, said, !isLed, preflight.leadership);
}

/** One deployment that may begin. */
interface Run {
  readonly platform: Platform;
  readonly request: DeployRequest;
  readonly order: Extract<Order, { known: true }>;
  readonly folder: string;
  readonly ports: DeployPorts;
  readonly terminal: Terminal;
  readonly manner: Manner;
  readonly tell: (sentence: string) => void;
  readonly verdict: Verdict;
}

async function fromAssembly(run: Run): Promise<Ended> {
  const { platform, request, order, folder, terminal, manner, tell, verdict } = run;
  const { checks, preflight, cdk } = run.ports;
  tell(order.sentence);
  tell('Writing the templates.');
  await cdk.synth(request.file, order.first, folder);
  const plan = readAssembly(folder);
  tell(`Comparing ${plan.length} stacks with what is deployed.`);
  const { against, notes } = await standsAgainstPlan(platform, plan, checks(), preflight, manner.clock.now());
  if (against.length > 0) return refused(against.flatMap(lineSentences));
  for (const note of notes) tell(`Not well before the deployment: ${note}`);
  const changed = await differences(folder, cdk, terminal, manner.json);
  if (changed === 0)
    return { outcome: 'done', sentences: [`Nothing to do: all ${plan.length} stacks are as the file says.`] };
  const what = `${changed} of ${plan.length} stacks`;
  if (manner.dryRun)
    return {
      outcome: 'would',
      sentences: [`It would deploy ${what}.`],
      result: { changed, first: order.first },
    };
  const objection = await agreement(platform, what, request.agreed, terminal, manner.json);
  if (objection) return objection;
  const moved = await movedSince(order, preflight.leadership);
  if (moved !== undefined) return refused([moved]);
  await deployAll(plan, folder, cdk, tell);
  const { health, sentence } = await verdict();
  return health === 'down'
    ? { outcome: 'failed', sentences: [`Deployed, but ${sentence}`, 'Look: npx holdfast health --watch'] }
    : {
        outcome: 'done',
        sentences: [`Deployed ${what}.`, sentence],
        result: { changed, first: order.first, health },
      };
}

const refused = (against: readonly string[]): Ended => ({
  outcome: 'refused',
  sentences: ['Something stands against a deployment:', ...against],
});

/** Shows the differences where a person reads; of a stack that has none, not even the name. */
async function differences(
  folder: string,
  cdk: DeployPorts['cdk'],
  { out }: Pick<Terminal, 'out'>,
  json: boolean,
): Promise<number> {
  let changed = 0;
  let heading = '';
  await cdk.diff(folder, (line) => {
    const [, count] = /Number of stacks with differences: (\d+)/.exec(line) ?? [];
    if (count !== undefined) changed = Number(count);
    if (/^Stack \S/.test(line)) heading = `  ${line}\n`;
    const isNews = line.trim() !== '' && !NO_NEWS.test(line);
    if (json || !isNews) return;
    out(`${heading}  ${line}\n`);
    heading = '';
  });
  return changed;
}

const NO_NEWS = /^(Stack \S|There were no differences|✨)/;

async function agreement(
  { name }: Platform,
  what: string,
  agreed: boolean,
  { ask }: Terminal,
  json: boolean,
): Promise<Ended | undefined> {
  if (agreed) return undefined;
  if (!ask || json)
    return { outcome: 'refused', sentences: ['Nobody can be asked here: say --yes to agree beforehand.'] };
  const typed = await ask(`Deploy ${what} of ${name}? (y/N) `);
  if (/^y(es)?$/i.test(typed.trim())) return undefined;
  return { outcome: 'refused', sentences: ['Nothing was changed.'] };
}

/** Tells each stack once, as it is done. */
async function deployAll(
  plan: readonly PlannedStack[],
  folder: string,
  cdk: DeployPorts['cdk'],
  tell: (sentence: string) => void,
): Promise<void> {
  let done = 0;
  await cdk.deploy(folder, (line) => {
    const [, stack, same] = /✅\s+(\S+)( \(no changes\))?/.exec(line) ?? [];
    if (stack === undefined) return;
    done += 1;
    tell(`${done} of ${plan.length}: ${stack}${same === undefined ? '' : ', as it was'}`);
  });
}

/** What failed, and which stacks it left in a state that a person must see to. */
async function afterFailure(
  platform: Platform,
  { command, reasons, logFile }: CdkFailed,
  ports: DeployPorts,
): Promise<Ended> {
  const left = command === 'deploy' ? await leftBehind(platform, ports) : [];
  const next =
    left.length > 0
      ? ['Before the next deployment:', ...left]
      : ['What was done stays done: say npx holdfast deploy again once the reason is gone.'];
  return {
    outcome: 'failed',
    sentences: [
      `cdk ${command}:`,
      ...reasons.map((one) => `  ${one}`),
      ...next,
      `All that it printed: ${logFile}`,
    ],
  };
}

async function leftBehind(platform: Platform, { checks }: DeployPorts): Promise<string[]> {
  try {
    return (await standsAgainst(platform, checks())).flatMap(lineSentences);
  } catch (error) {
    return [`The stacks cannot be looked at: ${explain(error)}`];
  }
}
