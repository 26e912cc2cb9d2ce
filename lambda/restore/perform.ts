import { DamagedArchive } from '../archive/damage';
import { NoPrefix } from '../archive/presence/presence';
import { NewBaseNeeded } from '../archive/replay/errors';
import { NotConnected } from '../archive/restore/base-end';
import { copyTables, NotCopied } from '../archive/restore/copy-tables';
import { NotRestored, prepare, statusOf } from '../archive/restore/restored';
import { BadTarget } from '../archive/restore/target';
import { NothingLeft } from '../archive/salvage/left';
import { NoSlot, readOldSide, TooMuch } from '../archive/salvage/old-side';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { LoginRefused, type Session } from '../runtime/postgres/session';
import { quarantinePrefix, restoredPrefix } from './contract';
import { topUpReply, verifyReply } from './fill';
import type { Host, Ports } from './ports';
import type { CopyTablesReply, OldSideReply, Refusal, RestoreReply, RestoreRequest } from './request';
import { salvage, salvageSql } from './salvage';

/** Time that is kept for the answer, in milliseconds. */
const END_MS = 20_000;
/** In bytes: base64 makes four thirds of it, and a request has at most 6 MB. */
const OLD_SIDE_BYTES = 3_000_000;

/** What was asked for may not be done to such an instance, or there is none. */
export class NoSuchCopy extends HoldfastError {}

/** These say what stands against a request; anything else is a failure, and the same request may do later. */
const REFUSALS = [
  NoSuchCopy,
  NotRestored,
  NotConnected,
  NewBaseNeeded,
  NotCopied,
  NothingLeft,
  NoSlot,
  TooMuch,
  BadTarget,
  NoPrefix,
  DamagedArchive,
] as const;

/** Does one thing that was asked for. Asked again it goes on where it ended. */
export async function perform(ports: Ports, host: Host, request: RestoreRequest): Promise<RestoreReply> {
  try {
    return await answer(ports, host, request);
  } catch (error) {
    if (REFUSALS.some((refusal) => error instanceof refusal)) return refusal(sentenceOf(error));
    throw error;
  }
}

const refusal = (sentence: string): Refusal => ({ operation: 'refused', outcome: 'refused', sentence });

function answer(ports: Ports, host: Host, request: RestoreRequest): Promise<RestoreReply> {
  switch (request.operation) {
    case 'status':
      return onCopy(ports, host, request.instance, (session) => state(session, 'status'));
    case 'prepare':
      return prepared(ports, host, request.instance);
    case 'top-up':
      return onCopy(ports, host, request.instance, (session) =>
        topUpReply(session, ports.archive, request.target, timeOf(ports, host)),
      );
    case 'verify':
      return onCopy(ports, host, request.instance, (session) =>
        verifyReply(session, ports.archive, request.target, request.head),
      );
    case 'copy-tables':
      return onCopy(ports, host, request.instance, (session) => copy(ports, host, session, request));
    case 'old-side':
      return onInstance(ports, nameIn(request.instance, quarantinePrefix(host.identifier)), oldSide);
    case 'salvage':
    case 'salvage-sql':
      return onInstance(ports, host.identifier, (session) => {
        const side = request.oldSide === null ? undefined : Buffer.from(request.oldSide, 'base64');
        const world = { session, archive: ports.archive, oldSide: side };
        const reply: Promise<RestoreReply> =
          request.operation === 'salvage' ? salvage(world, request) : salvageSql(world, request);
        return reply;
      });
  }
}

/** @returns whether there is time for another piece of work */
const timeOf =
  ({ clock }: Ports, { deadlineMs }: Host) =>
  (): boolean =>
    clock.monotonic() < deadlineMs - END_MS;

/** A copy of a time before the last rotation still has the password of that time. */
async function prepared(ports: Ports, host: Host, instance: string): Promise<RestoreReply> {
  try {
    return await onCopy(ports, host, instance, (session) => state(session, 'prepare'));
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    await ports.instances.setPassword(instance, await ports.login.password());
    const sentence = `The owner of ${instance} had another password, and gets the current one.`;
    return { operation: 'password', outcome: 'more', sentence };
  }
}

async function state(session: Session, operation: 'status' | 'prepare'): Promise<RestoreReply> {
  const database = await (operation === 'prepare' ? prepare(session) : statusOf(session));
  const { closed, activeJobs, position } = database;
  const jobs = activeJobs === 0 ? 'no job runs' : `${activeJobs} jobs run`;
  const sentence = `The restored database is at ${position}, ${closed ? 'closed' : 'open'}, and ${jobs}.`;
  return { operation, outcome: 'done', sentence, database };
}

async function copy(
  ports: Ports,
  host: Host,
  from: Session,
  { tables, schema }: Extract<RestoreRequest, { operation: 'copy-tables' }>,
): Promise<CopyTablesReply> {
  const copied = await onInstance(ports, host.identifier, (to) =>
    copyTables(from, to, tables, schema, timeOf(ports, host)),
  );
  const isWhole = copied.every(({ whole }) => whole);
  return {
    operation: 'copy-tables',
    outcome: isWhole ? 'done' : 'more',
    sentence: `${copied.filter(({ whole }) => whole).length} of ${copied.length} tables are in the schema ${schema}.`,
    copied,
  };
}

async function oldSide(session: Session): Promise<OldSideReply> {
  const { frames, transactions } = await readOldSide(session, OLD_SIDE_BYTES);
  const sentence = `The slot of the old side has ${transactions} transactions.`;
  const base64 = Buffer.from(frames).toString('base64');
  return { operation: 'old-side', outcome: 'done', sentence, frames: base64, transactions };
}

/** Never the platform's own database, whatever is asked. */
const onCopy = <T>(
  ports: Ports,
  { identifier }: Host,
  instance: string,
  work: (session: Session) => Promise<T>,
): Promise<T> => onInstance(ports, nameIn(instance, restoredPrefix(identifier)), work);

function nameIn(instance: string, prefix: string): string {
  if (instance.startsWith(prefix)) return instance;
  throw new NoSuchCopy(`${instance} is not named ${prefix}..., so nothing was done.`);
}

async function onInstance<T>(
  { instances, login }: Ports,
  identifier: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const instance = await instances.find(identifier);
  if (!instance) throw new NoSuchCopy(`There is no database ${identifier} in this region.`);
  if (instance.host === undefined)
    throw new NoSuchCopy(`The database ${identifier} cannot be reached yet (${instance.status}).`);
  const session = await login.connect(instance.host);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}
