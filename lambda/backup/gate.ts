import type { LeadershipRecord } from '../leader/record';
import type { Seen } from './seen';

/** States in which the holder's database serves and no promotion is near. */
const SETTLED: readonly string[] = ['SERVING', 'REBUILDING', 'PROTECTED'];

/**
 * Whether this region may begin backups: only the region that leads, and never while the lead moves, because RDS refuses
 * to promote an instance that is backing up.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
 */
export type Gate =
  | { readonly open: true; readonly record: LeadershipRecord }
  /** `failure` if that is nothing that passes by itself. */
  | { readonly open: false; readonly why: string; readonly failure: boolean };

export function gateOf(leadership: Seen<LeadershipRecord | undefined>, own: string): Gate {
  if (!leadership.known)
    return closed(`Nothing is begun, because leadership is unknown: ${leadership.why}`, true);
  const record = leadership.value;
  if (!record) return closed('Nothing is begun: the leadership table holds no record yet.', false);
  const { holder, state } = record;
  if (!SETTLED.includes(state))
    return closed(`Nothing is begun while the lead moves: it is ${state} by ${holder}.`, false);
  if (holder !== own) return closed(`${holder} leads and takes the backups; ${own} only looks.`, false);
  return { open: true, record };
}

const closed = (why: string, failure: boolean): Gate => ({ open: false, why, failure });
