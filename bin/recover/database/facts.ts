import { databasesOf } from '../../../lambda/archive/chain/chains';
import { locate } from '../../../lambda/archive/chain/locate';
import { readSegments } from '../../../lambda/archive/chain/read';
import { type Base, type Choice, type Coverage, chooseBase } from '../../../lambda/archive/restore/base';
import {
  type ChainOutline,
  erasOf,
  type History,
  headOf,
  historyOf,
  knownSinceUs,
} from '../../../lambda/archive/restore/lineage';
import { outlinesOf } from '../../../lambda/archive/restore/outlines';
import type { ObjectStore } from '../../../lambda/archive/store';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { bytesBetween } from '../../../lambda/runtime/lsn';
import { databaseIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { type Answer, answerOf } from '../../operate/failures';
import type { RecoveryPorts } from '../ports';
import type { DatabaseRequest } from './request';

/** What is known before anything is made: who leads, which backups there are, what the archive has. */
export interface Facts {
  readonly leader: string;
  readonly choice: Choice;
  /** What could not be seen, one sentence each. */
  readonly unseen: readonly string[];
}

/** Asks everybody; what does not answer is left out and said, because a restore is wanted when much is broken. */
export async function lookForBase(
  platform: Platform,
  request: DatabaseRequest,
  ports: RecoveryPorts,
): Promise<Facts> {
  const { home, standby } = platform.regions;
  const identifier = databaseIdentifier(platform);
  const [record, ownBases, otherBases] = await Promise.all([
    answerOf(ports.leadership.read()),
    answerOf(ports.backups.bases(home.name, identifier)),
    answerOf(ports.backups.bases(standby.name, identifier)),
  ]);
  const leader = (record.known ? record.value?.holder : undefined) ?? request.region ?? home.name;
  const archive = ports.archive(leader);
  const outlines = await answerOf(outlinesFor(archive, platform));
  const history = historyOf(outlines.known ? outlines.value : []);
  const lsnTimeUs = request.target.kind === 'lsn' ? await timeAt(archive, history, request.target.lsn) : null;
  const bases = [ownBases, otherBases].flatMap((answer): readonly Base[] =>
    answer.known ? answer.value : [],
  );
  const choice = chooseBase(
    { target: request.target, lsnTimeUs, region: request.region, leader },
    bases,
    coverageOf(history),
    erasOf(outlines.known ? outlines.value : []),
    holdersIn(record),
  );
  const unseen = [record, ownBases, otherBases, outlines].flatMap((answer) =>
    answer.known ? [] : [answer.sentence],
  );
  return { leader, choice, unseen };
}

export const coverageOf = (history: History): Coverage => ({
  sinceUs: knownSinceUs(history),
  headUs: commitTime(headOf(history)?.commitTimeUs),
  broken: history.broken,
});

const commitTime = (text: string | undefined): bigint | null => (text === undefined ? null : BigInt(text));

/**
 * The chains of the platform's database. A platform that was built anew has another system under the same name: the one
 * whose archive reaches furthest is the one that lives.
 */
export async function outlinesFor(
  archive: ObjectStore,
  platform: Platform,
): Promise<readonly ChainOutline[]> {
  const name = platform.database?.name;
  const found: (readonly ChainOutline[])[] = [];
  for (const database of await databasesOf(archive)) {
    if (database.database === name) found.push(await outlinesOf(archive, database));
  }
  const reach = (outlines: readonly ChainOutline[]): bigint =>
    outlines.reduce((last, { head }) => {
      const timeUs = commitTime(head?.commitTimeUs) ?? 0n;
      return timeUs > last ? timeUs : last;
    }, 0n);
  return found.sort((one, other) => (reach(one) > reach(other) ? -1 : 1))[0] ?? [];
}

/** @returns commit time of the last transaction that ends at a position or before; null if the archive has none */
async function timeAt(archive: ObjectStore, { stretches }: History, lsn: string): Promise<bigint | null> {
  const stretch = stretches.findLast(({ first }) => first !== null && bytesBetween(first.endLsn, lsn) >= 0n);
  if (!stretch?.head || bytesBetween(stretch.head.endLsn, lsn) > 0n) return null;
  const from = await locate(archive, stretch.chain, ({ endLsn }) => bytesBetween(lsn, endLsn) >= 0n);
  let timeUs: bigint | null = null;
  for await (const { index } of readSegments(archive, stretch.chain, { from })) {
    for (const { endLsn, commitTimeUs } of index) {
      if (bytesBetween(endLsn, lsn) < 0n) return timeUs;
      timeUs = BigInt(commitTimeUs);
    }
  }
  return timeUs;
}

/** Who led in which epoch. */
function holdersIn(record: Answer<LeadershipRecord | undefined>): ReadonlyMap<number, string> {
  const known = record.known ? record.value : undefined;
  if (!known) return new Map();
  return new Map([
    ...known.history.map(({ epoch, holder }): [number, string] => [epoch, holder]),
    [known.epoch, known.holder],
  ]);
}
