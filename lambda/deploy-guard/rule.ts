import { isProtected, type LeadershipRecord } from '../leader/record';

/**
 * Which deployments may not run. Three things lose a database, and CloudFormation does each of them without a question:
 * it replaces an instance for a create-only property, promotes a replica whose source leaves the template, and deletes
 * what is no longer in it. And a database stack that is changed in the middle of a failover is changed under the hands
 * of the agents. Invariant: what is refused here is refused by its difference alone, however harmless it was meant.
 */

/** Properties as a template has them; CloudFormation's own texts have strings for numbers and booleans. */
export type Properties = Readonly<Record<string, unknown>>;

/** One resource that a deployment adds, changes or takes away. */
export interface ResourceChange {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined: it is new. */
  readonly before: Properties | undefined;
  /** Undefined: it is deleted. */
  readonly after: Properties | undefined;
}

/** What is about to happen to one stack. */
export interface PlannedChange {
  readonly stack: string;
  readonly region: string;
  /** Whether it is a stack that holds a region's database. */
  readonly holdsData: boolean;
  /** Whether the whole stack goes; its resources are then not told. */
  readonly deletesStack: boolean;
  readonly resources: readonly ResourceChange[];
}

/** Who leads, as far as it could be found out. */
export type KnownLeadership =
  | { readonly known: true; readonly record: LeadershipRecord | undefined }
  /** `sentence` says why. */
  | { readonly known: false; readonly sentence: string };

const INSTANCE = 'AWS::RDS::DBInstance';
const SOURCE = 'SourceDBInstanceIdentifier';
/**
 * A difference in one of these makes CloudFormation replace the instance:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
 * The second half replaces it under conditions that a template alone does not tell.
 */
const REPLACING = [
  'BackupTarget',
  'CharacterSetName',
  'CustomIAMInstanceProfile',
  'DBClusterIdentifier',
  'DBInstanceIdentifier',
  'DBName',
  'DBSubnetGroupName',
  'DBSystemId',
  'KmsKeyId',
  'MasterUsername',
  'NcharCharacterSetName',
  'SourceRegion',
  'StorageEncrypted',
  'Timezone',
  'AvailabilityZone',
  'DBClusterSnapshotIdentifier',
  'DBSnapshotIdentifier',
  'Engine',
  'RestoreTime',
  'SourceDBClusterIdentifier',
  'SourceDBInstanceAutomatedBackupsArn',
  'SourceDbiResourceId',
  'UseLatestRestorableTime',
] as const;

/**
 * @returns one sentence for each reason why the change must not run; none if it may
 */
export function refusals(change: PlannedChange, leadership: KnownLeadership): string[] {
  if (change.deletesStack) return change.holdsData ? [deletion(change, leadership)] : [];
  const instances = change.resources.filter((one) => one.type === INSTANCE && !isReadReplica(one));
  const structural = instances.flatMap((one) => harm(change, one, leadership));
  const untimely = timing(change, leadership);
  return untimely === undefined ? structural : [...structural, untimely];
}

/** A copy for reads replicates an instance of its own stack, named by reference; it holds nothing of its own. */
const isReadReplica = ({ before, after }: ResourceChange): boolean =>
  [before, after].every((side) => side === undefined || isReference(side[SOURCE]));

/** What is neither absent nor an ARN: a reference, or the identifier in the same region that it stands for. */
const isReference = (source: unknown): boolean =>
  source !== undefined && source !== null && !JSON.stringify(source).includes('arn:');

function deletion(change: PlannedChange, leadership: KnownLeadership): string {
  return `${change.stack} holds ${roleOf(change.region, leadership)} in ${change.region}; deleting it is refused.`;
}

function harm(change: PlannedChange, resource: ResourceChange, leadership: KnownLeadership): string[] {
  const { before, after, logicalId } = resource;
  const what = `${roleOf(change.region, leadership)} (${logicalId} in ${change.stack})`;
  if (!before) return [];
  if (!after) return [`It would delete ${what}.`];
  const replacing = REPLACING.filter((name) => differs(before[name], after[name]));
  return [
    ...(replacing.length > 0 ? [`It would replace ${what}: ${replacing.join(', ')} differs.`] : []),
    ...resourced(what, before[SOURCE], after[SOURCE]),
  ];
}

function resourced(what: string, before: unknown, after: unknown): string[] {
  if (!differs(before, after)) return [];
  if (after === undefined)
    return [`It would promote ${what}: ${SOURCE} is taken away, and CloudFormation promotes then.`];
  return [`It would make ${what} the replica of something else: ${SOURCE} differs.`];
}

const roleOf = (region: string, leadership: KnownLeadership): string => {
  const holder = leadership.known ? leadership.record?.holder : undefined;
  if (holder === undefined) return 'the database';
  return holder === region ? 'the writer' : "the writer's replica";
};

/** A change at the wrong time, whatever it is. */
function timing(change: PlannedChange, leadership: KnownLeadership): string | undefined {
  const touched = change.resources.filter(({ type, before }) => type.startsWith('AWS::RDS::') && before);
  if (!leadership.known) {
    if (touched.length === 0) return undefined;
    const names = touched.map(({ logicalId }) => logicalId).join(', ');
    return `${change.stack} changes the database (${names}), and nobody can say now whether a failover is under way. ${leadership.sentence}`;
  }
  const { record } = leadership;
  if (!record || isSettled(record)) return undefined;
  if (touched.length === 0 && !(change.holdsData && change.resources.length > 0)) return undefined;
  return `${change.stack} holds the database, and a failover is not over: ${record.holder} leads in the state ${record.state}. ${WHEN[record.state] ?? 'Wait until `npx holdfast status` says SERVING or PROTECTED.'}`;
}

/** Both sides are as their templates say: nothing is moving, and the side that does not lead is a replica. */
export const isSettled = (record: LeadershipRecord): boolean => isProtected(record);

const WHEN: Readonly<Record<string, string>> = {
  SERVING: 'Rebuild the other side first: npx holdfast failback.',
  REBUILDING: 'Wait until the other side is rebuilt: npx holdfast failback.',
};

/** Compared as CloudFormation's texts have them: numbers and booleans as strings, keys in any order. */
export const differs = (a: unknown, b: unknown): boolean => canonical(a) !== canonical(b);

function canonical(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object') return JSON.stringify(String(value));
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}
