import type { Base } from '../../../lambda/archive/restore/base';
import { targetText } from '../../../lambda/archive/restore/target';
import { timeText } from '../../../lambda/archive/restore/time';
import type { RestoreReply, RestoreRequest, VerifyReply } from '../../../lambda/restore/request';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { databaseIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { answerOf } from '../../operate/failures';
import type { RecoveryPorts } from '../ports';
import { type Ended, type Manner, pause } from '../telling';
import { type Facts, lookForBase } from './facts';
import { commandOf, copySchema, type DatabaseRequest } from './request';

/**
 * Restores a database: makes a new instance from the base, lets the function in its VPC add what the archive has, and has
 * the result verified. Everything is asked anew at each step, so that the same command goes on after an interruption. What
 * exists is never written over, and nothing here opens a fence.
 */

const POLL_MS = 15_000;
/** Tag that says what an instance is to become, so that the same command goes on and another one does not. */
export const TARGET_TAG = 'holdfast:restore';

interface Context {
  readonly platform: Platform;
  readonly request: DatabaseRequest;
  readonly ports: RecoveryPorts;
  readonly manner: Manner;
  readonly tell: (sentence: string) => void;
}

export async function restoreDatabase(
  platform: Platform,
  request: DatabaseRequest,
  ports: RecoveryPorts,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const context: Context = { platform, request, ports, manner, tell };
  const begun = await whereBegun(context);
  if (typeof begun === 'object' && 'outcome' in begun) return begun;
  const region = begun?.region ?? (await begin(context));
  if (typeof region !== 'string') return region;
  if (begun && manner.dryRun) return would([`It would go on with ${request.identifier} in ${region}.`]);
  await available(context, region);
  return fill(context, region);
}

const would = (sentences: readonly string[]): Ended => ({ outcome: 'would', sentences });
const refused = (...sentences: readonly string[]): Ended => ({ outcome: 'refused', sentences });

/** @returns where the instance is already; undefined if it is nowhere */
async function whereBegun({
  platform,
  request,
  ports,
  tell,
}: Context): Promise<{ region: string } | Ended | undefined> {
  const { home, standby } = platform.regions;
  const regions = request.region === undefined ? [home.name, standby.name] : [request.region];
  const wanted = targetText(request.target);
  for (const region of regions) {
    const answer = await answerOf(ports.backups.find(region, request.identifier));
    if (!answer.known) {
      tell(`Whether ${request.identifier} is in ${region} already is not known: ${answer.sentence}`);
      continue;
    }
    const found = answer.value;
    if (!found) continue;
    if (found.target === undefined)
      return refused(`${request.identifier} in ${region} is no database that this command has made.`);
    if (found.target !== wanted)
      return refused(
        `${request.identifier} in ${region} was restored to ${found.target}: say another --into.`,
      );
    tell(`${request.identifier} in ${region} is there already (${found.status}): going on with it.`);
    return { region };
  }
  return undefined;
}

/** @returns the region in which the instance is being made */
async function begin({ platform, request, ports, manner, tell }: Context): Promise<string | Ended> {
  const facts = await lookForBase(platform, request, ports);
  for (const sentence of facts.unseen) tell(sentence);
  const { choice } = facts;
  if (!choice.possible) return refused(choice.sentence);
  for (const sentence of choice.sentences) tell(sentence);
  const { base, restoreTimeMs } = choice;
  const settings = await ports.backups.settings(base.region, databaseIdentifier(platform));
  if (manner.dryRun) return would(planSentences(request, facts, base));
  await ports.backups.restore(base.region, {
    ...settings,
    identifier: request.identifier,
    base,
    restoreTimeMs,
    tags: {
      'holdfast:platform': platform.name,
      'holdfast:part': 'Restore',
      [TARGET_TAG]: targetText(request.target),
    },
  });
  tell(`${request.identifier} is being made in ${base.region}.`);
  return base.region;
}

const planSentences = (request: DatabaseRequest, { choice }: Facts, base: Base): readonly string[] => [
  `It would make ${request.identifier} in ${base.region}.`,
  ...(choice.possible ? choice.sentences : []),
];

/** Follows the instance until it takes connections. RDS has no end of its own for this. */
async function available({ request, ports, manner, tell }: Context, region: string): Promise<void> {
  let last = '';
  for (;;) {
    const found = await ports.backups.find(region, request.identifier);
    const status = found?.status ?? 'not there yet';
    if (status === 'available') return;
    if (FAILED.test(status)) throw new RestoreFailed(request.identifier, status);
    if (status !== last) tell(`${request.identifier}: ${status}`);
    last = status;
    await pause(manner, POLL_MS);
  }
}

const FAILED = /^(failed|incompatible-|restore-error|inaccessible-|deleting|storage-full)/;

class RestoreFailed extends HoldfastError {
  constructor(identifier: string, status: string) {
    super(`RDS could not restore ${identifier} (${status}); its events in the console say why.`);
  }
}

async function fill(context: Context, region: string): Promise<Ended> {
  const { request } = context;
  const instance = request.identifier;
  const target = targetText(request.target);
  const steps: readonly RestoreRequest[] = [
    { operation: 'prepare', instance },
    { operation: 'top-up', instance, target },
  ];
  let head: string | undefined;
  for (const step of steps) {
    const reply = await untilDone(context, region, step);
    if (reply.outcome === 'refused') return stopped(context, region, reply.sentence);
    if (reply.operation === 'top-up') head = reply.head?.endLsn;
  }
  const verified = await verifyAll(context, region, head);
  if (!('problems' in verified)) return verified;
  const copied = request.tables.length === 0 ? [] : await copyTables(context, region);
  if ('outcome' in copied) return copied;
  return verdict(context, region, verified, copied);
}

/** Lets the function go on as long as it says that there is more. */
async function untilDone(context: Context, region: string, request: RestoreRequest): Promise<RestoreReply> {
  const { ports, manner, tell } = context;
  for (;;) {
    const reply = await ports.functions.invoke(region, request);
    tell(reply.sentence);
    if (reply.outcome !== 'more') return reply;
    if (reply.operation === 'password') {
      await pause(manner, POLL_MS);
      await available(context, region);
    }
    if (manner.stop.aborted) await pause(manner, 0);
  }
}

/** @param head where the archive's last transaction ended when the copy was topped up; undefined if there is none */
async function verifyAll(
  context: Context,
  region: string,
  head: string | undefined,
): Promise<VerifyReply | Ended> {
  const { request, ports, tell } = context;
  const isToHead = request.target.kind === 'latest' && head !== undefined;
  const asked = {
    operation: 'verify',
    instance: request.identifier,
    target: targetText(request.target),
    ...(isToHead ? { head } : {}),
  } as const;
  const reply = await ports.functions.invoke(region, asked);
  tell(reply.sentence);
  return reply.operation === 'verify' ? reply : stopped(context, region, reply.sentence);
}

async function copyTables(context: Context, region: string): Promise<readonly string[] | Ended> {
  const { platform, request } = context;
  const schema = copySchema(platform, request.identifier);
  const { tables, identifier: instance } = request;
  const reply = await untilDone(context, region, { operation: 'copy-tables', instance, tables, schema });
  if (reply.operation !== 'copy-tables') return stopped(context, region, reply.sentence);
  return reply.copied.map(
    ({ table, into, rows }) => `${table}: ${rows} rows are in ${into} of the living database.`,
  );
}

const stopped = ({ platform, request }: Context, region: string, sentence: string): Ended => ({
  outcome: 'failed',
  sentences: [
    sentence,
    `${request.identifier} in ${region} stays as it is, closed. To go on: ${commandOf(platform, request)}`,
  ],
});

function verdict(
  { platform, request }: Context,
  region: string,
  { problems, tables, leftOut, last, unheld }: VerifyReply,
  copied: readonly string[],
): Ended {
  const { identifier } = request;
  const rows = tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
  const reached = last
    ? `It reaches to ${timeText(last.commitTimeUs)} (${last.endLsn}).`
    : 'The archive had nothing to add.';
  const seen = `${reached} ${tables.length} tables with ${rows} rows were read${leftOut.length > 0 ? `, and not ${leftOut.join(', ')}` : ''}.`;
  const result = { region, identifier, problems, tables, leftOut, last, unheld, copied };
  if (problems.length > 0) {
    const sentences = ['The restored database is not as the archive says.', ...problems, seen];
    return { outcome: 'failed', sentences, result };
  }
  const sentences = [
    unheld === null
      ? `${identifier} in ${region} is restored and verified.`
      : `${identifier} in ${region} is restored; not held against an archive: ${unheld}`,
    seen,
    ...copied,
    nextOf(platform, request),
    "Nobody removes it but you: it has deletion protection and costs as much as the platform's own.",
  ];
  return { outcome: 'done', sentences, result };
}

const nextOf = ({ name }: Platform, { tables }: DatabaseRequest): string =>
  tables.length > 0
    ? 'Compare the copies with the tables that live and take back what is wanted, by INSERT ... SELECT as the owner; then drop the schema.'
    : `It is closed and nobody uses it. To make it the one that ${name} writes to, follow docs/runbooks/restore-a-database.md.`;
