import type { Base } from '../../../lambda/archive/restore/base';
import { restoredPrefix } from '../../../lambda/restore/contract';
import { HoldfastError, nameOf } from '../../../lambda/runtime/errors';
import {
  bucketName,
  cacheIdentifier,
  databaseIdentifier,
  secretName,
  stackName,
} from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { CallFailed } from '../../checks/failures';
import { deployedRegions } from '../../checks/places';
import { partsIn } from '../../checks/platform-stacks';
import { type Answer, answerOf } from '../../operate/failures';
import { BadRequest } from '../database/request';
import type { PlatformPorts, PlatformRequest, SharedSnapshot } from './ports';

/** Name behind which the copies of a recovery are made: the same in every run, so that the next one goes on. */
export const COPY = 'recover';

/** A stack that the platform file asks for. */
export interface WantedStack {
  readonly name: string;
  readonly region: string;
  readonly part: string;
  /** `there`, `missing`, or the status from which no deployment goes on. */
  readonly state: 'there' | 'missing' | { readonly broken: string };
}

/** Of a part that holds data, in one region. */
export interface Kept {
  readonly there: boolean;
  /** Whether a copy of a recovery was begun. */
  readonly begun: boolean;
}

export interface KeptDatabase extends Kept {
  readonly bases: readonly Base[];
  /**
   * Whether backups are older than the database although the lead has never moved and no restore made it: then it was made
   * anew, and is empty.
   */
  readonly madeAnew: boolean;
  /** The youngest that another account shares; looked for only if there is no backup in this one. */
  readonly offered?: SharedSnapshot;
}

/** What is left of a platform; asked anew before each step, so that an interrupted recovery goes on where it ended. */
export interface Survey {
  readonly stacks: readonly WantedStack[];
  /** Regions that gave no answer, with the reason. Nothing is done in them. */
  readonly silent: readonly { readonly region: string; readonly sentence: string }[];
  /** Region whose data counts. */
  readonly from: string;
  /** Undefined without a managed database. */
  readonly database: KeptDatabase | undefined;
  readonly cache: (Kept & { readonly snapshots: number }) | undefined;
  /** By region: secrets that were deleted and can be brought back. */
  readonly deletedSecrets: readonly { readonly region: string; readonly name: string }[];
  /** Buckets of the file that are gone in a region. */
  readonly goneBuckets: readonly { readonly bucket: string; readonly region: string }[];
}

/** Without one of the two regions with data nothing is known of what is to be recovered. */
export class NoRegionAnswers extends HoldfastError {}

/**
 * @throws {NoRegionAnswers}
 * @throws {BadRequest} if the region whose data is to count is named and does not answer
 */
export async function surveyPlatform(
  platform: Platform,
  { from: named }: PlatformRequest,
  ports: PlatformPorts,
): Promise<Survey> {
  const regions = deployedRegions(platform);
  const listed = await Promise.all(
    regions.map(async (region) => ({ region, stacks: await answerOf(stacksIn(platform, region, ports)) })),
  );
  const silent = listed.flatMap(({ region, stacks }) =>
    stacks.known ? [] : [{ region, sentence: stacks.sentence }],
  );
  const answer = await answerOf(ports.operator.leadership.read());
  const record = answer.known ? answer.value : undefined;
  const serving = [platform.regions.home.name, platform.regions.standby.name].filter(
    (one) => !silent.some(({ region }) => region === one),
  );
  const unread = answer.known ? [] : [answer.sentence];
  const why = [...silent.map(({ region, sentence }) => `${region}: ${sentence}`), ...unread].join(' ');
  const from = fromOf(serving, named, record?.holder, why);
  // Where nobody has led yet, the run that deployed the database was interrupted before the agents.
  const neverMoved = answer.known && (!record || (record.epoch === 1 && record.holder === from));
  return {
    stacks: listed.flatMap(({ region, stacks }) => wantedIn(platform, region, stacks)),
    silent,
    from,
    database: await databaseOf(platform, from, serving, ports, neverMoved),
    cache: await cacheOf(platform, from, ports),
    deletedSecrets: await deletedIn(platform, serving, ports),
    goneBuckets: await goneIn(platform, serving, ports),
  };
}

/** A region whose database cannot be asked for is as silent as one without an answer about its stacks. */
async function stacksIn(platform: Platform, region: string, { stacks, recovery }: PlatformPorts) {
  const { home, standby } = platform.regions;
  const hasData = region === home.name || region === standby.name;
  const [listed] = await Promise.all([
    stacks.list(region),
    hasData && platform.database?.kind === 'managed'
      ? recovery.backups.find(region, databaseIdentifier(platform))
      : undefined,
  ]);
  return listed;
}

/**
 * @param serving regions with data that answer, home first
 * @param why what did not answer, and for which reason
 */
function fromOf(
  serving: readonly string[],
  named: string | undefined,
  holder: string | undefined,
  why: string,
): string {
  const [first] = serving;
  if (first === undefined) throw new NoRegionAnswers(`Neither region with data gives an answer. ${why}`);
  if (named !== undefined && !serving.includes(named))
    throw new BadRequest(`${named} gives no answer, so its data cannot count; say --from ${first}. ${why}`);
  return named ?? serving.find((region) => region === holder) ?? first;
}

/** Statuses in which CloudFormation has ended and the stack is whole. */
const WHOLE = /^((CREATE|UPDATE|IMPORT)_COMPLETE|UPDATE_ROLLBACK_COMPLETE|IMPORT_ROLLBACK_COMPLETE)$/;
/** Seen in a change set only, or deleted: there is no stack. */
const ABSENT = /^(REVIEW_IN_PROGRESS|DELETE_COMPLETE)$/;

function wantedIn(
  platform: Platform,
  region: string,
  stacks: Answer<readonly { readonly name: string; readonly status: string }[]>,
): readonly WantedStack[] {
  if (!stacks.known) return [];
  const found = new Map(stacks.value.map(({ name, status }) => [name, status]));
  return partsIn(platform, region).map((part): WantedStack => {
    const name = stackName(platform, region, part);
    const status = found.get(name);
    if (status === undefined || ABSENT.test(status)) return { name, region, part, state: 'missing' };
    return { name, region, part, state: WHOLE.test(status) ? 'there' : { broken: status } };
  });
}

async function databaseOf(
  platform: Platform,
  from: string,
  regions: readonly string[],
  { recovery: { backups }, shared }: PlatformPorts,
  neverMoved: boolean,
): Promise<KeptDatabase | undefined> {
  if (platform.database?.kind !== 'managed') return undefined;
  const identifier = databaseIdentifier(platform);
  const bases = await Promise.all(regions.map((region) => backups.bases(region, identifier)));
  const copies = await Promise.all(
    regions.map((region) => backups.find(region, `${restoredPrefix(identifier)}${COPY}`)),
  );
  const own = await backups.find(from, identifier);
  const createdMs = own?.createdMs ?? Number.NEGATIVE_INFINITY;
  const none = bases.every((here) => here.length === 0);
  const offers = none ? await Promise.all(regions.map((region) => shared.list(region, identifier))) : [];
  const [offered] = offers.flat().sort((one, other) => preference(other, from) - preference(one, from));
  return {
    there: own !== undefined,
    begun: copies.some((copy) => copy !== undefined),
    bases: bases.flat(),
    madeAnew: neverMoved && own?.target === undefined && bases.flat().some((base) => endOf(base) < createdMs),
    ...(offered === undefined ? {} : { offered }),
  };
}

/** The youngest; of the same moment the one in the region that leads, where the database is to be. */
const preference = ({ takenMs, region }: SharedSnapshot, from: string): number =>
  takenMs + (region === from ? 0.5 : 0);

const endOf = (base: Base): number => (base.kind === 'snapshot' ? base.takenMs : base.latestMs);

async function cacheOf(
  platform: Platform,
  from: string,
  { components: { cache } }: PlatformPorts,
): Promise<Survey['cache']> {
  if (!platform.cache) return undefined;
  const group = cacheIdentifier(platform);
  return {
    there: (await cache.status(from, group)) !== undefined,
    begun: (await cache.status(from, `${group}-restore-${COPY}`)) !== undefined,
    snapshots: (await cache.snapshots(from, group)).length,
  };
}

async function deletedIn(
  platform: Platform,
  regions: readonly string[],
  { components: { secrets } }: PlatformPorts,
): Promise<Survey['deletedSecrets']> {
  const found = await Promise.all(
    regions.map(async (region) => {
      const known = await secrets.list(region, secretName(platform, ''));
      return known.filter(({ deletedMs }) => deletedMs !== undefined).map(({ name }) => ({ region, name }));
    }),
  );
  return found.flat();
}

async function goneIn(
  platform: Platform,
  regions: readonly string[],
  { components: { objects } }: PlatformPorts,
): Promise<Survey['goneBuckets']> {
  const gone: { bucket: string; region: string }[] = [];
  for (const { name: bucket } of platform.buckets) {
    for (const region of regions) {
      if (!(await exists(objects.versions(region, bucketName(platform, bucket, region), '')))) {
        gone.push({ bucket, region });
      }
    }
  }
  return gone;
}

/** Asks for the first version only. */
async function exists(versions: AsyncIterable<unknown>): Promise<boolean> {
  try {
    for await (const _ of versions) break;
    return true;
  } catch (error) {
    if (error instanceof CallFailed && nameOf(error.cause) === 'NoSuchBucket') return false;
    throw error;
  }
}
