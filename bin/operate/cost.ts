import type { LeadershipRecord } from '../../lambda/leader/record';
import { takesWrites } from './outlook';
import { leading, recentTurn, type Situation, secondsSince } from './situation';

/** What a forced takeover costs, one sentence each; read by somebody who is about to ask for it. */
export function costOfForce(situation: Situation, record: LeadershipRecord): string[] {
  const sides = leading(situation, record);
  if (!sides) return [`The record names ${record.holder}, which is no region of this platform.`];
  const { holder, other } = sides;
  const turn = recentTurn(other, situation.atMs);
  const behind =
    typeof turn?.lagSeconds === 'number'
      ? `${turn.lagSeconds.toFixed(1)} s behind, as its agent said ${secondsSince(turn.atMs, situation.atMs)} s ago`
      : 'behind by nobody knows how much: its agent tells nothing';
  const serving =
    takesWrites(situation, record) === 'yes'
      ? [`${holder.region} still takes writes. A switchover would lose nothing: npx holdfast switchover`]
      : [];
  return [
    ...serving,
    `${other.region} is ${behind}.`,
    `What ${holder.region} committed after that position is missing until it is salvaged.`,
    'The limits on lag and on moves within an hour are ignored; the wait until the other side is fenced is not.',
    'There is no way back once the promotion is asked for, and no protection until a failback is done.',
  ];
}
