import type { Part } from '../../../lib/config/names';
import { stackName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { deployedRegions } from '../../checks/places';
import { partsIn } from '../../checks/platform-stacks';
import type { Stack } from '../../checks/ports';

/** A stack that exists, and what it is. */
export interface Found {
  readonly region: string;
  readonly part: Part;
  readonly stack: Stack;
}

/**
 * Parts that may go, in the order in which they must: names before what they name, watchers before what they watch. The
 * others hold data, or are the network that the database lives in. What is protected in the account stays even if its
 * part is here.
 */
const GOING: readonly ((part: Part) => boolean)[] = [
  (part) => part === 'Edge',
  (part) => part === 'Monitoring',
  (part) => part.startsWith('Service-'),
  (part) => part === 'Recovery',
];

/** What goes, wave by wave, and what stays. */
export interface DestroyPlan {
  readonly waves: readonly (readonly Found[])[];
  readonly stays: readonly Found[];
}

/** @param existing the stacks of each region */
export function planDestroy(
  platform: Platform,
  existing: ReadonlyMap<string, readonly Stack[]>,
): DestroyPlan {
  const found = deployedRegions(platform).flatMap((region) =>
    partsIn(platform, region).flatMap((part): Found[] => {
      const name = stackName(platform, region, part);
      const stack = existing.get(region)?.find((one) => one.name === name);
      return stack && stack.status !== 'DELETE_COMPLETE' ? [{ region, part, stack }] : [];
    }),
  );
  const goes = ({ part, stack }: Found): boolean => !stack.isProtected && GOING.some((is) => is(part));
  const going = found.filter(goes);
  return {
    waves: GOING.map((is) => going.filter(({ part }) => is(part))).filter((wave) => wave.length > 0),
    stays: found.filter((one) => !goes(one)),
  };
}

/** Something in a template that CloudFormation keeps when its stack goes. */
export interface Kept {
  readonly logicalId: string;
  readonly type: string;
  readonly why: string;
}

const WHY: Readonly<Record<string, string>> = {
  'AWS::APS::Workspace': 'the metrics of the past',
  'AWS::Backup::BackupVault': 'its copies may not be deleted before their time',
  'AWS::DynamoDB::GlobalTable': 'the leadership record: who may write',
  'AWS::DynamoDB::Table': 'the leadership record: who may write',
  'AWS::ECR::Repository': 'images that a rollback needs',
  'AWS::ECS::TaskDefinition': 'revisions; they cost nothing',
  'AWS::EFS::FileSystem': 'shared files of a service',
  'AWS::ElastiCache::ReplicationGroup': 'the data of the cache',
  'AWS::KMS::Key': 'without it nothing that is kept can be read, backups neither',
  'AWS::Logs::LogGroup': 'what was said',
  'AWS::RDS::DBInstance': 'the database',
  'AWS::S3::Bucket': 'objects, or the WAL archive',
  'AWS::SecretsManager::Secret': 'credentials of what is kept',
};
const KEPT_POLICIES: readonly unknown[] = ['Retain', 'RetainExceptOnCreate', 'Snapshot'];

/** @param template as CloudFormation has it, JSON */
export function keptIn(template: string): Kept[] {
  const { Resources = {} } = JSON.parse(template) as {
    readonly Resources?: Readonly<
      Record<string, { Type?: string; DeletionPolicy?: string; Properties?: object }>
    >;
  };
  return Object.entries(Resources).flatMap(([logicalId, { Type = '', DeletionPolicy, Properties = {} }]) => {
    if (!KEPT_POLICIES.includes(DeletionPolicy)) return [];
    const isLocked =
      Type === 'AWS::S3::Bucket' &&
      'ObjectLockEnabled' in Properties &&
      Properties.ObjectLockEnabled === true;
    const lock = 'Object Lock: nobody can delete its objects before their time';
    return [{ logicalId, type: Type, why: isLocked ? lock : (WHY[Type] ?? 'the template keeps it') }];
  });
}

/** Commands with which a person removes a stack that stays; data that it keeps is still there afterwards. */
export const byHand = ({ region, stack }: Found): string[] => {
  const aws = (verb: string): string =>
    `aws cloudformation ${verb} --region ${region} --stack-name ${stack.name}`;
  return [
    ...(stack.isProtected
      ? [`${aws('update-termination-protection')} --no-enable-termination-protection`]
      : []),
    aws('delete-stack'),
  ];
};

/** The order in which a person removes what stays: what is used after what uses it. */
const LAST: readonly Part[] = ['Cluster', 'Data', 'Network', 'Foundation', 'Leadership'];
export const inOrderByHand = (stays: readonly Found[]): Found[] =>
  [...stays].sort((a, b) => LAST.indexOf(a.part) - LAST.indexOf(b.part));
