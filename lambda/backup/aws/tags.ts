import { PART, TAGS } from '../contract';
import { type Due, isoOf } from '../schedule';

/** Whose snapshots they are. */
export interface Owner {
  readonly platform: string;
}

interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export const awsTags = ({ platform }: Owner, { schedule, dueMs }: Due): { Key: string; Value: string }[] => [
  { Key: TAGS.platform, Value: platform },
  { Key: TAGS.part, Value: PART },
  { Key: TAGS.schedule, Value: schedule },
  { Key: TAGS.due, Value: isoOf(dueMs) },
];

/**
 * @returns whether the tags are those of a backup of the platform for just this time. A snapshot that a person takes has
 *   the tags of the instance, which are others.
 */
export function isOurs(tags: readonly AwsTag[], { platform }: Owner, due: Partial<Due>): boolean {
  const tagged = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  return (
    tagged(TAGS.platform) === platform &&
    tagged(TAGS.part) === PART &&
    (due.schedule === undefined || tagged(TAGS.schedule) === due.schedule) &&
    (due.dueMs === undefined || tagged(TAGS.due) === isoOf(due.dueMs))
  );
}
