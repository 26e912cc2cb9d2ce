import type { Clock } from '../runtime/clock';
import {
  BadProperties,
  type CustomResource,
  type Host,
  type Outcome,
  type RawProperties,
} from '../runtime/custom-resource';
import type { Session } from '../runtime/postgres/session';
import { userOf } from '../runtime/postgres/users';
import { text, wholeNumber } from '../runtime/properties';
import { type ArchiveSettings, installArchive, removeArchive } from './archive/install';
import { ATTRIBUTES } from './contract';
import { schedule } from './cron';
import { installExtensions, installFence, type Settings } from './install';
import { limitations } from './limitations';
import type { Ports, SecretNames } from './ports';
import { allowMonitoring, reserveConnection } from './roles';
import { guardTables, unguardTables } from './tables';

/**
 * Installs the fence in the database, and what the archive of its log needs, on every deployment anew and while the application writes. It never opens or
 * closes the lease: on a database without one the fence is closed until the agent opens it. A replica has the fence of
 * its source and is left alone. Deleting the resource leaves the fence: a database without one is nobody's wish.
 */

export interface SetupProperties extends Settings {
  readonly applicationLimit: number;
  /** Absent where the log is not archived. */
  readonly archive?: ArchiveSettings;
}

/** pg_cron's seconds go from 1 to 59. */
const ENFORCE_SECONDS_MAX = 59;

export function setup(ports: Ports, names: SecretNames): CustomResource<SetupProperties> {
  const install = (properties: SetupProperties, host: Host): Promise<Outcome> =>
    asOwner(ports, names, (session) => installOn(session, properties, ports, names, host));
  return { parse, physicalId: () => 'database-fence', create: install, update: install, async delete() {} };
}

function parse(properties: RawProperties): SetupProperties {
  const enforceSeconds = wholeNumber(properties, 'EnforceSeconds', 1);
  if (enforceSeconds > ENFORCE_SECONDS_MAX) {
    throw new BadProperties('EnforceSeconds', `at most ${ENFORCE_SECONDS_MAX}`, enforceSeconds);
  }
  const archive = isTrue(properties, 'Archive');
  const keylessTables = text(properties, 'KeylessTables');
  if (keylessTables !== 'refuse' && keylessTables !== 'full') {
    throw new BadProperties('KeylessTables', '"refuse" or "full"', keylessTables);
  }
  return {
    enforceSeconds,
    statements: isTrue(properties, 'Statements'),
    ...(archive ? { archive: { keylessTables } } : {}),
    applicationLimit: wholeNumber(properties, 'ApplicationLimit', 1),
    extensions: extensionsOf(properties.Extensions),
  };
}

function isTrue(properties: RawProperties, key: string): boolean {
  const value = text(properties, key);
  if (value !== 'true' && value !== 'false') throw new BadProperties(key, '"true" or "false"', value);
  return value === 'true';
}

/** A list that may be empty; CloudFormation may leave an empty one out. */
function extensionsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string' && one !== '')) {
    return value;
  }
  throw new BadProperties('Extensions', 'a list of names', value);
}

async function asOwner<T>(
  { database, secrets }: Ports,
  { owner }: SecretNames,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await database.connect(await secrets.credential(owner));
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

async function installOn(
  session: Session,
  properties: SetupProperties,
  { secrets, bytes }: Ports,
  names: SecretNames,
  { clock }: Host,
): Promise<Outcome> {
  const [state] = await session.query('SELECT pg_is_in_recovery() AS replica');
  if (state?.replica !== false) {
    return outcome(session, [
      'The database is a replica: it has the fence of its source, and nothing was done.',
    ]);
  }
  const { applicationLimit, enforceSeconds, statements } = properties;
  const users = {
    application: userOf(await secrets.credential(names.application), bytes),
    agent: userOf(await secrets.credential(names.agent), bytes),
    archive: userOf(await secrets.credential(names.archive), bytes),
    monitor: userOf(await secrets.credential(names.monitor), bytes),
    applicationLimit,
  };
  await installExtensions(session, properties.extensions);
  const noLoginCheck = await installFence(session, properties, users);
  await schedule(session, enforceSeconds);
  const noReserve = await reserveConnection(session);
  const noMonitoring = await allowMonitoring(session);
  const unguarded = statements ? await guardTables(session, clock) : [];
  if (!statements) await unguardTables(session, clock);
  const met = { unguarded, statements, noLoginCheck, noReserve, noMonitoring };
  const fence = ['The fence is installed.', ...(await limitations(session, met))];
  return outcome(session, [...fence, ...(await archive(session, properties, clock))]);
}

/** After the fence: a database that cannot be archived is fenced all the same. */
async function archive(
  session: Session,
  { archive: settings }: SetupProperties,
  clock: Clock,
): Promise<readonly string[]> {
  if (settings) return installArchive(session, clock, settings);
  await removeArchive(session, clock);
  return [];
}

async function outcome(session: Session, sentences: readonly string[]): Promise<Outcome> {
  const sentence = sentences.join(' ');
  const epoch = await leaseEpoch(session);
  return { data: { [ATTRIBUTES.leaseEpoch]: epoch, [ATTRIBUTES.sentence]: sentence }, sentence };
}

/** 0 where there is no lease yet, as on the replica of a database without a fence. */
async function leaseEpoch(session: Session): Promise<string> {
  const [lease] = await session.query("SELECT to_regclass('holdfast.lease') IS NOT NULL AS present");
  if (lease?.present !== true) return '0';
  const [row] = await session.query('SELECT epoch::text FROM holdfast.lease');
  return String(row?.epoch ?? '0');
}
