import { sentenceOf } from '../../runtime/errors';
import { CorruptSegment } from '../damage';
import { unpackSegment } from '../format/open';
import type { Segment } from '../format/segment';
import { type ObjectStore, StoreFailed } from '../store';
import { parseSegmentKey } from './keys';
import type { Found, Stores } from './merge';
import type { Finding } from './report';

/** What a key turned out to be in the two stores. */
export interface Looked {
  readonly key: string;
  /** Undefined if it is not the key of a segment. */
  readonly sequence: number | undefined;
  /** The segment, unpacked, from the first store that has it intact; undefined if none has. */
  readonly intact: Intact | undefined;
  /** Stores that lack it while the other one lists it. */
  readonly absent: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Intact {
  readonly segment: Segment;
  /** Name of the store that it is from. */
  readonly store: string;
  readonly storedBytes: number;
}

/** What one store gives under a key. */
interface Copy {
  readonly bytes?: Uint8Array;
  readonly segment?: Segment;
  readonly finding?: Finding;
}

/**
 * Reads a key in both stores, and unpacks it once if they have the same.
 * @throws {StoreFailed} if the near store does not answer
 * @throws {CodecMissing}
 */
export async function look({ near, far }: Stores, found: Found): Promise<Looked> {
  const { key } = found;
  const sequence = parseSegmentKey(key)?.sequence;
  const there = found.far ? far : undefined;
  if (sequence === undefined) {
    const findings = [found.near ? near : undefined, there].flatMap((store) =>
      store ? [findingOf(store, key, 'unknown', 'nothing of that name belongs to a chain')] : [],
    );
    return { key, sequence, intact: undefined, absent: [], findings };
  }
  const farBytes = there && bytesOrFailure(there, key);
  const first = found.near ? await copyOf(near, key, await near.get(key)) : undefined;
  const second = there && (await secondCopy(there, key, await farBytes, first));
  const absent = [found.near ? [] : [near.name], found.far === false && far ? [far.name] : []].flat();
  const intact = intactOf(near, first) ?? (there && intactOf(there, second));
  const findings = [first?.finding, second?.finding].filter((one) => one !== undefined);
  if (there && first?.segment && second?.segment && first !== second) {
    const what = `it is intact, and another one than in ${near.name}`;
    return { key, sequence, intact, absent, findings: [...findings, findingOf(there, key, 'differs', what)] };
  }
  return { key, sequence, intact, absent, findings };
}

export function findingOf(
  store: Pick<ObjectStore, 'name'>,
  key: string,
  kind: Finding['kind'],
  what: string,
): Finding {
  return { key, store: store.name, kind, sentence: `${key} in ${store.name}: ${what}.` };
}

function intactOf(store: ObjectStore, copy: Copy | undefined): Intact | undefined {
  if (!copy?.segment) return undefined;
  return { segment: copy.segment, store: store.name, storedBytes: copy.bytes?.length ?? 0 };
}

/** The far store may be away: that is told, and ends nothing. */
async function bytesOrFailure(
  store: ObjectStore,
  key: string,
): Promise<Uint8Array | undefined | StoreFailed> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof StoreFailed) return error;
    throw error;
  }
}

async function copyOf(store: ObjectStore, key: string, bytes: Uint8Array | undefined): Promise<Copy> {
  if (!bytes) return { finding: findingOf(store, key, 'missing', 'it is listed, and cannot be found') };
  try {
    return { bytes, segment: await unpackSegment(key, bytes) };
  } catch (error) {
    if (!(error instanceof CorruptSegment)) throw error;
    return { bytes, finding: findingOf(store, key, 'corrupt', error.what) };
  }
}

async function secondCopy(
  far: ObjectStore,
  key: string,
  bytes: Uint8Array | undefined | StoreFailed,
  first: Copy | undefined,
): Promise<Copy> {
  if (bytes instanceof StoreFailed) return { finding: findingOf(far, key, 'unread', sentenceOf(bytes)) };
  const same = first?.segment && first.bytes && bytes && Buffer.compare(first.bytes, bytes) === 0;
  return same ? first : copyOf(far, key, bytes);
}
