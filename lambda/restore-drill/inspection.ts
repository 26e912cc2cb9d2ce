import { databasesOf, firstSegment } from '../archive/chain/chains';
import type { Stores } from '../archive/chain/merge';
import type { Finding } from '../archive/chain/report';
import { chainsInBoth, lostEnd } from '../archive/chain/verify';
import { verifyChain } from '../archive/chain/verify-chain';
import { type ChainId, chainPrefix, segmentKey } from '../archive/contract';
import { type ObjectStore, StoreFailed } from '../archive/store';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import { settledEnd } from './settled-end';

/**
 * The inspection of the archive: reads every segment of both regions again, in rounds, a little at each start of the
 * function, from where the start before has ended. So a byte that is not as it was written is found within a round,
 * however old its segment is, and while the other region still has the segment as it was.
 */

const DAY_MS = 86_400_000;

/** How far a round is, as it is written down. */
export interface Inspection {
  /** When the round began. */
  readonly beganMs: number;
  /** When it came to its end; null while it is under way. */
  readonly endedMs: number | null;
  /** The segment that was read last; null at the beginning. */
  readonly at: { readonly chain: ChainId; readonly sequence: number } | null;
  readonly segments: number;
  readonly findings: number;
  /** The last round that came to its end; null if none has. */
  readonly last: { readonly beganMs: number; readonly findings: number } | null;
  /** When the first round of all began. */
  readonly firstMs: number;
}

/** Where inspections are written down. */
export interface InspectionRecords {
  /** @returns the last one, whichever region wrote it; undefined if there is none */
  last(nowMs: number): Promise<Inspection | undefined>;
  append(nowMs: number, inspection: Inspection): Promise<void>;
}

export interface InspectionPorts {
  readonly records: InspectionRecords;
  readonly stores: Stores;
  readonly clock: Clock;
}

export interface InspectionHost {
  /** From the beginning of one round to that of the next. */
  readonly everyDays: number;
  /** What was archived is deleted after so many days. */
  readonly keepDays: number;
  readonly hasTime: () => boolean;
}

export interface Inspected {
  /** Undefined where there is no archive. */
  readonly inspection: Inspection | undefined;
  /** Of this start. */
  readonly found: readonly Finding[];
  /** One for the log. */
  readonly sentence: string;
}

/** @throws {StoreFailed} if the own region's store fails while it is read; what this start has read is read again then */
export async function inspect(ports: InspectionPorts, host: InspectionHost): Promise<Inspected> {
  const nowMs = ports.clock.now();
  const last = await ports.records.last(nowMs);
  if (last && last.endedMs !== null && nowMs - last.beganMs < host.everyDays * DAY_MS)
    return { inspection: last, found: [], sentence: 'No inspection of the archive is due.' };
  const chains = await chainsOfAll(ports.stores);
  if (typeof chains === 'string') return { inspection: last, found: [], sentence: chains };
  const round = last && last.endedMs === null ? last : begun(nowMs, last);
  return advance(ports, host, round, chains);
}

const begun = (nowMs: number, before: Inspection | undefined): Inspection => ({
  beganMs: nowMs,
  endedMs: null,
  at: null,
  segments: 0,
  findings: 0,
  last: before?.last ?? null,
  firstMs: before?.firstMs ?? nowMs,
});

/** @returns the chains of all databases; or why there are none to read, as a sentence */
async function chainsOfAll(stores: Stores): Promise<readonly ChainId[] | string> {
  try {
    const chains: ChainId[] = [];
    for (const database of await databasesOf(stores.near))
      chains.push(...(await chainsInBoth(stores, database)));
    return chains.length > 0 ? chains : 'There is no archive to inspect.';
  } catch (error) {
    if (error instanceof StoreFailed) return `The inspection waits: ${sentenceOf(error)}`;
    throw error;
  }
}

async function advance(
  ports: InspectionPorts,
  host: InspectionHost,
  round: Inspection,
  chains: readonly ChainId[],
): Promise<Inspected> {
  const found: Finding[] = [];
  let at = round;
  for (const chain of chains) {
    if (at.at && chainPrefix(chain) < chainPrefix(at.at.chain)) continue;
    const read = await inspectChain(ports, host, at, chain);
    const unread = read.findings.find(({ kind }) => kind === 'unread');
    // Whether the other region has the same is not known: this start has read nothing of the chain.
    if (unread) return ended(ports, at, found, `The inspection waits: ${unread.sentence}`);
    found.push(...read.findings);
    at = read.inspection;
    if (!host.hasTime()) return ended(ports, at, found, `The inspection is at ${chainPrefix(chain)}.`);
  }
  const { beganMs, findings } = at;
  const whole = { ...at, endedMs: ports.clock.now(), last: { beganMs, findings } };
  const sentence = `The inspection has read ${at.segments} segments; ${findings} objects are not as they must be.`;
  return ended(ports, whole, found, sentence);
}

async function ended(
  { records, clock }: InspectionPorts,
  inspection: Inspection,
  found: readonly Finding[],
  sentence: string,
): Promise<Inspected> {
  await records.append(clock.now(), inspection);
  return { inspection, found, sentence };
}

async function inspectChain(
  { stores, clock }: InspectionPorts,
  { keepDays, hasTime }: InspectionHost,
  round: Inspection,
  chain: ChainId,
): Promise<{ readonly inspection: Inspection; readonly findings: readonly Finding[] }> {
  const from = await resumeAt(stores.near, chain, round.at);
  const to = await settledEnd(stores, chain, clock.now());
  const expiredBeforeUs = BigInt(clock.now() - keepDays * DAY_MS) * 1000n;
  const report = await verifyChain(stores, chain, {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    expiredBeforeUs,
    hasTime,
  });
  // Once for each chain: its first segment is read by one start only.
  const lost = report.genesis && (await lostEnd(stores, report.genesis, expiredBeforeUs));
  // The first segment was read by the start before, and counts once.
  const again = from === undefined ? undefined : segmentKey(chain, from);
  const findings = [...report.findings, ...(lost ? [lost] : [])].filter(({ key }) => key !== again);
  const sequence = report.to ?? from;
  const inspection = {
    ...round,
    at: sequence === undefined ? round.at : { chain, sequence },
    segments: round.segments + Math.max(0, report.segments - (from === undefined ? 0 : 1)),
    findings: round.findings + findings.length,
  };
  return { inspection, findings };
}

/** @returns the segment that was read last, from which the next one must follow; undefined to begin with the first one */
async function resumeAt(
  near: ObjectStore,
  chain: ChainId,
  at: Inspection['at'],
): Promise<number | undefined> {
  if (!at || chainPrefix(at.chain) !== chainPrefix(chain)) return undefined;
  const first = await firstSegment(near, chainPrefix(chain));
  // What was read last may have expired since.
  return first && first.sequence > at.sequence ? undefined : at.sequence;
}

/** Objects that are not as they must be: of this round, or of the last one as long as this one has found none. */
export const findingsOf = ({ findings, last }: Inspection): number =>
  findings > 0 ? findings : (last?.findings ?? 0);

/** Seconds since the last round that came to its end began: what was damaged before then would be known. */
export const ageSeconds = ({ last, firstMs }: Inspection, nowMs: number): number =>
  Math.max(0, (nowMs - (last?.beganMs ?? firstMs)) / 1000);
