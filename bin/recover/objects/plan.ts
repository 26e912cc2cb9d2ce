/** What a bucket held at a moment, from its versions. */

/** One version of an object, or the mark of its deletion. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly modifiedMs: number;
  /** Whether it is a mark of deletion. */
  readonly deleted: boolean;
  /** In bytes. */
  readonly size: number;
}

export interface Change {
  readonly key: string;
  /** The version that was current then. */
  readonly versionId: string;
  readonly size: number;
  /** What it is now: another version, or nothing. */
  readonly now: 'changed' | 'deleted';
}

export interface ObjectPlan {
  readonly changes: readonly Change[];
  /** Keys that did not exist then, and do now. They are left alone. */
  readonly newer: readonly string[];
  readonly unchanged: number;
}

/**
 * @param versions those of one key together, in any order
 * @param atMs the moment, in milliseconds since 1970
 */
export async function objectsAsOf(versions: AsyncIterable<Version>, atMs: number): Promise<ObjectPlan> {
  const changes: Change[] = [];
  const newer: string[] = [];
  let unchanged = 0;
  for await (const history of byKey(versions)) {
    const now = history[0];
    const then = history.find(({ modifiedMs }) => modifiedMs <= atMs);
    if (!now) continue;
    if (!then || then.deleted) {
      if (!now.deleted) newer.push(now.key);
    } else if (then === now) unchanged += 1;
    else {
      const { key, versionId, size } = then;
      changes.push({ key, versionId, size, now: now.deleted ? 'deleted' : 'changed' });
    }
  }
  return { changes, newer, unchanged };
}

/** Gives the versions of each key, the newest first. */
async function* byKey(versions: AsyncIterable<Version>): AsyncGenerator<readonly Version[]> {
  let history: Version[] = [];
  for await (const version of versions) {
    if (history[0] && history[0].key !== version.key) {
      yield sorted(history);
      history = [];
    }
    history.push(version);
  }
  if (history.length > 0) yield sorted(history);
}

/** S3 lists the newest first, so that of two of the same second the first is the newer one. */
const sorted = (history: readonly Version[]): readonly Version[] =>
  [...history].sort((one, other) => other.modifiedMs - one.modifiedMs);
