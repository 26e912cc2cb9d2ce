import type { Platform } from '../../../lib/config/platform';
import { CREDENTIALS } from '../../checks/credentials';
import type { Line } from '../../checks/line';
import { deployedRegions } from '../../checks/places';
import type { Stacks } from '../../checks/ports';
import type { Terminal } from '../../commands/terminal';
import { answerOf } from '../../operate/failures';
import { untimely } from '../../operate/plan';
import type { Deployed, Leadership } from '../../operate/ports';
import { type Ended, type Manner, pause } from '../../recover/telling';
import { lineSentences } from '../gate';
import type { StackRemoval } from '../ports';
import { byHand, type DestroyPlan, type Found, inOrderByHand, keptIn, planDestroy } from './plan';

export interface DestroyPorts {
  readonly leadership: Pick<Leadership, 'read'>;
  readonly stacks: Stacks;
  readonly deployed: Pick<Deployed, 'template'>;
  readonly removal: StackRemoval;
  /** @returns what is wrong with the credentials; undefined if nothing is */
  readonly credentials: () => Promise<Line | undefined>;
}

const LOOK_MS = 10_000;
/** CloudFormation gives up earlier by itself. */
const LIMIT_MS = 2 * 60 * 60_000;

/** Takes down what can be made again, and leaves what holds data, with how a person would remove it. */
export async function destroy(
  platform: Platform,
  ports: DestroyPorts,
  terminal: Terminal,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const wrong = await ports.credentials();
  if (wrong) return { outcome: 'refused', sentences: lineSentences({ ...wrong, check: CREDENTIALS }) };
  const record = await answerOf(ports.leadership.read());
  const why = record.known && record.value ? untimely(record.value) : undefined;
  if (why !== undefined) return { outcome: 'refused', sentences: [why] };
  const regions = deployedRegions(platform);
  const lists = await Promise.all(
    regions.map(async (region) => [region, await ports.stacks.list(region)] as const),
  );
  const plan = planDestroy(platform, new Map(lists));
  const stays = await remaining(plan, ports);
  if (plan.waves.length === 0)
    return { outcome: 'done', sentences: ['Nothing is there that could go without data.', ...stays] };
  const going = plan.waves.flat().map(({ stack }) => `  ${stack.name}`);
  const result = { goes: going.map((one) => one.trim()), stays: plan.stays.map(({ stack }) => stack.name) };
  if (manner.dryRun)
    return { outcome: 'would', sentences: ['These stacks would go:', ...going, ...stays], result };
  const objection = await agreement(platform, going, stays, terminal, manner.json);
  if (objection) return objection;
  for (const wave of plan.waves) {
    const failed = await removeWave(wave, ports.removal, manner, tell);
    if (failed) return failed;
  }
  return { outcome: 'done', sentences: [`${going.length} stacks are gone.`, ...stays], result };
}

/** What is left afterwards, why, and how a person removes it. */
async function remaining({ waves, stays }: DestroyPlan, { deployed }: DestroyPorts): Promise<string[]> {
  const kept = await Promise.all(
    [...stays, ...waves.flat()].map(async (one) => ({ one, said: await keptOf(one, deployed) })),
  );
  const lines = kept.flatMap(({ one, said }) => {
    const isStaying = stays.includes(one);
    if (!isStaying && said.length === 0) return [];
    return [
      `  ${one.stack.name}${isStaying ? '' : ' goes, and leaves'}`,
      ...said.map((text) => `    ${text}`),
    ];
  });
  if (lines.length === 0) return [];
  const steps = inOrderByHand(stays).flatMap(byHand);
  return [
    'This stays and is paid for: what cannot be made again, and the stacks that it is in or needs:',
    ...lines,
    '  backups and snapshots of the database, in both regions, until their time is over',
    ...(steps.length > 0
      ? ['To give it up by hand, after a last backup, in this order:', ...steps.map((step) => `  ${step}`)]
      : []),
    ...(steps.length > 0
      ? [
          'What they keep is deleted one by one: databases and caches before the network they are in, then buckets, keys, secrets, the table.',
        ]
      : []),
  ];
}

async function keptOf({ region, stack }: Found, deployed: DestroyPorts['deployed']): Promise<string[]> {
  const template = await answerOf(deployed.template(region, stack.name));
  if (!template.known) return [`what it keeps cannot be seen: ${template.sentence}`];
  const kept = keptIn(template.value ?? '{}');
  const kinds = [...new Set(kept.map(({ type, why }) => `${type}: ${why}`))].sort();
  return kinds.map((kind) => {
    const names = kept
      .filter(({ type, why }) => `${type}: ${why}` === kind)
      .map(({ logicalId }) => logicalId);
    return `${kind} (${names.join(', ')})`;
  });
}

async function agreement(
  { name }: Platform,
  going: readonly string[],
  stays: readonly string[],
  { ask, out }: Terminal,
  json: boolean,
): Promise<Ended | undefined> {
  if (!ask || json)
    return {
      outcome: 'refused',
      sentences: ['Nobody can be asked here: a person must type the name of the platform.'],
    };
  out(`${['These stacks go:', ...going, ...stays].join('\n')}\n`);
  const typed = await ask(`Type the name of the platform to take it down (${name}): `);
  if (typed.trim() === name) return undefined;
  return {
    outcome: 'refused',
    sentences: ['What was typed is not the name of the platform; nothing was changed.'],
  };
}

/** @returns how it ended if it did not end well */
async function removeWave(
  wave: readonly Found[],
  removal: StackRemoval,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended | undefined> {
  for (const { region, stack } of wave) await removal.remove(region, stack.name);
  tell(`Going: ${wave.map(({ stack }) => stack.name).join(', ')}`);
  const left = new Set(wave);
  const begun = manner.clock.now();
  while (left.size > 0) {
    await pause(manner, LOOK_MS);
    for (const one of [...left]) {
      const answer = await answerOf(removal.status(one.region, one.stack.name));
      if (!answer.known) continue;
      if (!answer.value) {
        left.delete(one);
        tell(`${one.stack.name} is gone.`);
      } else if (answer.value.status === 'DELETE_FAILED') return stuck(one, answer.value.reason);
    }
    if (manner.clock.now() - begun > LIMIT_MS)
      return {
        outcome: 'unknown',
        sentences: ['The deletion takes too long to wait for; say the same again to go on.'],
      };
  }
  return undefined;
}

const stuck = ({ region, stack }: Found, reason: string): Ended => ({
  outcome: 'failed',
  sentences: [
    `${stack.name} could not be deleted: ${reason}`,
    `Remove what it names, then say the same again. What failed: aws cloudformation describe-stack-events --region ${region} --stack-name ${stack.name}`,
  ],
});
