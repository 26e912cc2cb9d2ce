import { sentenceOf } from '../../runtime/errors';
import { segmentKey } from '../contract';
import { CorruptSegment } from '../damage';
import { CodecMissing, decompress } from './codec';
import { checkContents } from './contents';
import { chainHashOf, sha256 } from './digest';
import { MalformedHeader, parseHeader } from './header';
import { decodeIndex, MalformedIndex } from './index-section';
import { HASH_BYTES, MAGIC, SECTION_HEAD } from './seal';
import type { IndexEntry, Segment, SegmentHeader } from './segment';

/**
 * Reading a segment. Nothing of an object is believed before its digest was computed again; then everything that it says of
 * itself is, too. What stays for the chain to check: that it is the one that follows from the segment before, and the
 * digest of a transaction that began there.
 */

/** Of the index, uncompressed, for each byte of the frames; far more than any needs. */
const INDEX_BYTES_PER_BYTE = 8;
const INDEX_BYTES_MIN = 1 << 16;

/**
 * @param key under which the object was found
 * @returns the segment, verified on its own
 * @throws {CorruptSegment}
 * @throws {CodecMissing}
 */
export async function openSegment(key: string, bytes: Uint8Array): Promise<Segment> {
  const segment = await unpackSegment(key, bytes);
  checkContents(key, segment);
  return segment;
}

/**
 * As `openSegment`, without `checkContents`, which a reader of a chain does in its order.
 * @throws {CorruptSegment}
 * @throws {CodecMissing}
 */
export async function unpackSegment(key: string, bytes: Uint8Array): Promise<Segment> {
  const { sections, header, digest, chainHash } = await verified(key, bytes);
  const [frames, index] = await Promise.all([
    framesIn(key, bytes, sections.frames, header),
    indexIn(key, bytes, sections.index, header),
  ]);
  return { header, index, frames, digest: digest.toString('hex'), chainHash: chainHash.toString('hex') };
}

/**
 * As `unpackSegment`, of the header alone: enough for finding a place in a chain, at a small part of the cost.
 * @throws {CorruptSegment}
 */
export async function openHeader(key: string, bytes: Uint8Array): Promise<SegmentHeader> {
  return (await verified(key, bytes)).header;
}

/**
 * As `unpackSegment`, of the index alone.
 * @throws {CorruptSegment}
 * @throws {CodecMissing}
 */
export async function openIndex(key: string, bytes: Uint8Array): Promise<IndexEntry[]> {
  const { sections, header } = await verified(key, bytes);
  return indexIn(key, bytes, sections.index, header);
}

/** What is known of an object whose hashes were computed again. */
interface Verified {
  readonly sections: Sections;
  readonly header: SegmentHeader;
  readonly digest: Buffer;
  readonly chainHash: Buffer;
}

async function verified(key: string, bytes: Uint8Array): Promise<Verified> {
  const sections = sectionsOf(key, bytes);
  const digest = sha256(bytes.subarray(0, sections.end));
  const stored = bytes.subarray(sections.end, sections.end + HASH_BYTES);
  const differs = firstDifference(digest, stored);
  if (differs !== undefined) throw await damageOf(key, bytes, sections, digest, differs);
  const header = headerIn(key, bytes, sections.header);
  const chainHash = chainHashOf(header.previous, digest);
  const broken = firstDifference(chainHash, bytes.subarray(sections.end + HASH_BYTES));
  if (broken !== undefined) {
    throw new CorruptSegment(key, 'its chain hash is another', sections.end + HASH_BYTES + broken);
  }
  return { sections, header, digest, chainHash };
}

/** A section of an object, without its length. */
interface Section {
  readonly from: number;
  readonly to: number;
}
interface Sections {
  readonly header: Section;
  readonly frames: Section;
  readonly index: Section;
  /** Where the digest begins. */
  readonly end: number;
}

function sectionsOf(key: string, bytes: Uint8Array): Sections {
  const wrong = firstDifference(MAGIC, bytes.subarray(0, MAGIC.length));
  if (wrong !== undefined) throw new CorruptSegment(key, 'it is no segment of the archive', wrong);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 2 * HASH_BYTES;
  let at = MAGIC.length;
  const next = (name: string): Section => {
    const from = at + SECTION_HEAD;
    const to = from <= end ? from + buffer.readUInt32BE(at) : from;
    if (to > end) throw new CorruptSegment(key, `its ${name} is cut short or has another length`, at);
    at = to;
    return { from, to };
  };
  const sections = { header: next('header'), frames: next('frames'), index: next('index'), end };
  if (at < end) throw new CorruptSegment(key, `it has ${end - at} bytes more than its lengths say`, at);
  return sections;
}

/** @returns the first byte of `expected` that `found` has not, or the end of it if `found` has more */
function firstDifference(expected: Uint8Array, found: Uint8Array): number | undefined {
  const at = expected.findIndex((byte, position) => byte !== found[position]);
  if (at >= 0) return at;
  return found.length > expected.length ? expected.length : undefined;
}

function headerIn(key: string, bytes: Uint8Array, { from, to }: Section): SegmentHeader {
  try {
    const header = parseHeader(Buffer.from(bytes.subarray(from, to)).toString());
    const own = segmentKey(header.chain, header.sequence);
    if (own === key) return header;
    throw new CorruptSegment(key, `it is the segment ${own}`, from);
  } catch (error) {
    if (!(error instanceof MalformedHeader)) throw error;
    throw new CorruptSegment(key, error.message, from, { cause: error });
  }
}

async function framesIn(
  key: string,
  bytes: Uint8Array,
  { from, to }: Section,
  { codec, rawBytes }: SegmentHeader,
): Promise<Uint8Array> {
  try {
    return await decompress(bytes.subarray(from, to), codec, rawBytes);
  } catch (error) {
    if (error instanceof CodecMissing) throw error;
    throw new CorruptSegment(key, 'its frames cannot be decompressed', from, { cause: error });
  }
}

async function indexIn(
  key: string,
  bytes: Uint8Array,
  { from, to }: Section,
  { codec, rawBytes }: SegmentHeader,
): Promise<IndexEntry[]> {
  try {
    const most = INDEX_BYTES_MIN + rawBytes * INDEX_BYTES_PER_BYTE;
    return decodeIndex(Buffer.from(await decompress(bytes.subarray(from, to), codec, most)).toString());
  } catch (error) {
    if (error instanceof CodecMissing) throw error;
    const what = error instanceof MalformedIndex ? error.message : 'its index cannot be decompressed';
    throw new CorruptSegment(key, what, from, { cause: error });
  }
}

/**
 * The digest does not fit: looks for the place of the damage.
 * @returns the most exact that can be said
 */
async function damageOf(
  key: string,
  bytes: Uint8Array,
  sections: Sections,
  digest: Uint8Array,
  differs: number,
): Promise<CorruptSegment> {
  try {
    const header = headerIn(key, bytes, sections.header);
    const chainHash = chainHashOf(header.previous, digest);
    if (firstDifference(chainHash, bytes.subarray(sections.end + HASH_BYTES)) === undefined) {
      // Two hashes agree on the content, so that it is the stored digest that changed.
      return new CorruptSegment(key, 'its digest was changed', sections.end + differs);
    }
    await framesIn(key, bytes, sections.frames, header);
    await indexIn(key, bytes, sections.index, header);
  } catch (error) {
    if (error instanceof CorruptSegment) return error;
    const cause = { cause: error };
    return new CorruptSegment(key, `it is not as it was written (${sentenceOf(error)})`, undefined, cause);
  }
  return new CorruptSegment(key, 'it is not as it was written: its digest does not fit');
}
