import type { Ended } from '../recover/telling';
import { compare } from './compare';
import type { CutOverOptions, ImportWork } from './ports';
import { stageOf, stateOf } from './state';
import { sequencesOf } from './tables';

/** Compares the two servers; nothing is changed. Only after the cut-over neither of them runs ahead of the other. */
export async function verify(
  { source, target }: ImportWork,
  { compare: by }: Pick<CutOverOptions, 'compare'>,
): Promise<Ended> {
  const stage = stageOf(await stateOf(source, target));
  if (stage === 'nothing' || stage === 'prepared' || stage === 'backed out') {
    return { outcome: 'refused', sentences: [`There is nothing to compare yet (${stage}).`] };
  }
  const comparison = await compare(source, target, by);
  const behind = await sequencesBehind({ source, target });
  const result = { stage, ...comparison, rows: String(comparison.rows), sequencesBehind: behind };
  const differences = [...comparison.differences, ...(stage === 'cut over' ? behind : [])];
  if (differences.length === 0) {
    return {
      outcome: 'done',
      sentences: [`${comparison.tables} tables with ${comparison.rows} rows are the same at both (${by}).`],
      result,
    };
  }
  const why =
    stage === 'cut over'
      ? 'Since the cut-over the application writes at the new server, and the old one stands still: rows that only the new one has are its work.'
      : 'Writes go on, so the two were not read at the same moment: compare again when the old server is quiet.';
  return { outcome: 'failed', sentences: ['The two servers differ.', ...differences, why], result };
}

/** @returns one sentence for each sequence that would give out a value that the old server has given out already */
async function sequencesBehind({
  source,
  target,
}: Pick<ImportWork, 'source' | 'target'>): Promise<readonly string[]> {
  const behind: string[] = [];
  const there = new Set(await sequencesOf(target));
  for (const sequence of await sequencesOf(source)) {
    if (!there.has(sequence)) {
      behind.push(`The sequence ${sequence} is not at the new server.`);
      continue;
    }
    const read = `SELECT last_value::text AS last, seqincrement > 0 AS rises FROM ${sequence}, pg_sequence WHERE seqrelid = $1::regclass`;
    const [[old], [fresh]] = await Promise.all([
      source.query(read, [sequence]),
      target.query(read, [sequence]),
    ]);
    const ahead = BigInt(String(fresh?.last)) - BigInt(String(old?.last));
    if (old?.rises === true ? ahead < 0n : ahead > 0n) {
      behind.push(
        `The sequence ${sequence} is at ${String(fresh?.last)}, and the old server's at ${String(old?.last)}.`,
      );
    }
  }
  return behind;
}
