import { bucketName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { leftThere } from './adopt';
import type { PlatformRequest, SharedSnapshot } from './ports';
import { COPY, type Survey, type WantedStack } from './survey';

/** What is to be done, in this order; each is left out once nothing of it is left to do. */
export type Step =
  | { readonly kind: 'secrets'; readonly secrets: Survey['deletedSecrets'] }
  | DeployStep
  | { readonly kind: 'adopt'; readonly snapshot: SharedSnapshot }
  /** `waits`: for the copy of this one. */
  | { readonly kind: 'database'; readonly from: string; readonly waits?: SharedSnapshot }
  | { readonly kind: 'cache'; readonly from: string };

export interface DeployStep {
  readonly kind: 'deploy';
  readonly phase: string;
  readonly stacks: readonly string[];
}

export interface Plan {
  readonly steps: readonly Step[];
  /** What waits until the database has its data: nobody is to be served by an empty one, and nothing to be written into it. */
  readonly afterwards: readonly DeployStep[];
  /** Whether the database that services use was made anew, so that the data of the backup is not in it. */
  readonly dataWaits: boolean;
  /** Why nothing can be begun; none if it can. */
  readonly obstacles: readonly string[];
  /** What no step brings back. */
  readonly lost: readonly string[];
  /** What a person has to do afterwards. */
  readonly byHand: readonly string[];
}

/** Parts of the platform in the order of deployment. Services are one phase, because they do not wait for each other. */
const PHASES: readonly (readonly [phase: string, parts: RegExp])[] = [
  ['who leads', /^Leadership$/],
  ['keys, buckets and secrets', /^Foundation$/],
  ['networks', /^Network$/],
  ['databases and caches', /^Data$/],
  ['agents and backups', /^Recovery$/],
  ['clusters and balancers', /^Cluster$/],
  ['migrations', /^Migration-/],
  ['services', /^Service-/],
  ['monitoring', /^Monitoring$/],
  ['names', /^Edge$/],
];
/** What lets somebody write into the database, or leads somebody to it. */
const SERVING: ReadonlySet<string> = new Set(['migrations', 'services', 'names']);
/** The function that restores a database belongs to the agents and backups. */
const RESTORES_AFTER = 'agents and backups';
/** A copy from another account is encrypted with a key of this one. It takes long, and goes on beside the rest. */
const COPIES_AFTER = 'keys, buckets and secrets';

/** What follows from a survey. Pure, so that it can be shown before anything is done. */
export function planOf(platform: Platform, survey: Survey, request: PlatformRequest): Plan {
  const missing = survey.stacks.filter(({ state }) => state === 'missing');
  const data = dataSteps(survey, request);
  const deploys = PHASES.flatMap(([phase, parts]): readonly Step[] => {
    const stacks = missing.filter(({ part }) => parts.test(part)).map(({ name }) => name);
    const deploy: readonly Step[] = stacks.length === 0 ? [] : [{ kind: 'deploy', phase, stacks }];
    if (phase === COPIES_AFTER) return [...deploy, ...adoption(survey, request)];
    return phase === RESTORES_AFTER ? [...deploy, ...data] : deploy;
  });
  const dataWaits = data.some(({ kind }) => kind === 'database') || survey.database?.madeAnew === true;
  const afterwards = deploys.filter(
    (step): step is DeployStep => dataWaits && step.kind === 'deploy' && SERVING.has(step.phase),
  );
  const waiting: ReadonlySet<Step> = new Set(afterwards);
  return {
    steps: [
      ...(survey.deletedSecrets.length > 0
        ? [{ kind: 'secrets' as const, secrets: survey.deletedSecrets }]
        : []),
      ...deploys.filter((step) => !waiting.has(step)),
    ],
    afterwards,
    dataWaits,
    obstacles: survey.stacks.flatMap(obstacleOf),
    lost: lostOf(platform, survey, missing, request),
    byHand: byHandOf(platform, survey, missing, data),
  };
}

const wanted = (kept: Survey['database'] | Survey['cache'], { data }: PlatformRequest): boolean =>
  kept !== undefined && (!kept.there || kept.begun || data);

/** The snapshot that another account shares, if nothing in this one can be restored from. */
const offerOf = ({ database }: Survey, request: PlatformRequest): SharedSnapshot | undefined =>
  wanted(database, request) && !database?.begun ? database?.offered : undefined;

function adoption(survey: Survey, request: PlatformRequest): readonly Step[] {
  const snapshot = offerOf(survey, request);
  return snapshot === undefined ? [] : [{ kind: 'adopt', snapshot }];
}

function dataSteps(survey: Survey, request: PlatformRequest): readonly Step[] {
  const { from, database, cache } = survey;
  const waits = offerOf(survey, request);
  const fromOwn = wanted(database, request) && database && (database.bases.length > 0 || database.begun);
  return [
    ...(fromOwn || waits ? [{ kind: 'database' as const, from, ...(waits ? { waits } : {}) }] : []),
    ...(wanted(cache, request) && cache && (cache.snapshots > 0 || cache.begun)
      ? [{ kind: 'cache' as const, from }]
      : []),
  ];
}

function obstacleOf({ name, region, state }: WantedStack): readonly string[] {
  if (typeof state === 'string') return [];
  return [
    `${name} in ${region} is ${state.broken}, from which no deployment goes on: wait for its end, or delete it (what holds data in it stays), then say the same command again.`,
  ];
}

function lostOf(
  platform: Platform,
  { database, cache, goneBuckets, from }: Survey,
  missing: readonly WantedStack[],
  { data }: PlatformRequest,
): readonly string[] {
  const isMissing = (part: string) => missing.some((one) => one.part === part);
  const bothGone = platform.buckets
    .map(({ name }) => name)
    .filter((name) => goneBuckets.filter(({ bucket }) => bucket === name).length === 2);
  return [
    ...(database &&
    (!database.there || data) &&
    database.bases.length === 0 &&
    !database.begun &&
    !database.offered
      ? [NO_BACKUP]
      : []),
    ...(cache && (!cache.there || data) && cache.snapshots === 0 && !cache.begun
      ? [`No snapshot of the cache is left in ${from}: it begins empty.`]
      : []),
    ...bothGone.map((name) => `The bucket ${name} is gone in both regions, with its objects.`),
    ...(isMissing('Leadership') ? ['The history of who led is gone; it begins at epoch 1.'] : []),
    ...(isMissing('Cluster') ? ['Metrics of a region whose workspace is gone begin anew.'] : []),
    ...(platform.queues.length > 0 && isMissing('Data') ? ['Messages in queues are in no backup.'] : []),
  ];
}

function byHandOf(
  platform: Platform,
  { goneBuckets, silent, database }: Survey,
  missing: readonly WantedStack[],
  data: readonly Step[],
): readonly string[] {
  const { home, standby } = platform.regions;
  const otherOf = (region: string) => (region === home.name ? standby.name : home.name);
  const alone = goneBuckets.filter(
    ({ bucket, region }) =>
      !goneBuckets.some((one) => one.bucket === bucket && one.region === otherOf(region)),
  );
  return [
    ...silent.map(({ region, sentence }) => `${region} was left out, because it gave no answer: ${sentence}`),
    ...(database?.madeAnew && !data.some(({ kind }) => kind === 'database')
      ? [
          'The database is younger than its backups: if it is empty, say the same command with --data; if it is right as it is: npx holdfast deploy.',
        ]
      : []),
    ...data.flatMap((step) =>
      step.kind === 'database' && step.waits ? leftThere(platform, step.waits) : [],
    ),
    ...(data.some(({ kind }) => kind === 'database')
      ? [
          `The database of the backup is beside the new one, closed (…-restore-${COPY}): let it take the place of the writer by docs/runbooks/restore-a-database.md, 3, then say the same command again, which goes on. If the new one is right as it is, delete the copy (5).`,
        ]
      : []),
    ...(data.some(({ kind }) => kind === 'cache')
      ? [
          `The cache of the snapshot is beside the new one (…-restore-${COPY}): services use the new one until a person changes that.`,
        ]
      : []),
    ...alone.map(
      ({ bucket, region }) =>
        `Replication copies new objects only. Bring those of ${bucket} back: aws s3 sync s3://${bucketName(platform, bucket, otherOf(region))} s3://${bucketName(platform, bucket, region)}.`,
    ),
    // One that is left has the secrets, and copies them.
    ...(missing.filter(({ part }) => part === 'Foundation').length === 2
      ? [
          'Secrets that nobody generates and that are gone have no value, and repositories no image: npx holdfast check names them.',
        ]
      : []),
  ];
}

const NO_BACKUP =
  'No backup of the database is left in either region, and no account shares one with this one: it begins empty.';

/** One line of a plan, for a person. */
export function stepSentence(step: Step): string {
  switch (step.kind) {
    case 'secrets':
      return `Bring back deleted secrets: ${step.secrets.map(({ region, name }) => `${name} in ${region}`).join(', ')}.`;
    case 'deploy':
      return `Deploy ${step.phase}: ${step.stacks.join(', ')}.`;
    case 'adopt':
      return `Copy the snapshot that the account ${step.snapshot.account} shares, of ${at(step.snapshot.takenMs)}: ${step.snapshot.arn}.`;
    case 'database':
      return 'Restore the database from the best backup, with what the archive has since, and verify it.';
    case 'cache':
      return 'Restore the cache from its last snapshot.';
  }
}

const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
