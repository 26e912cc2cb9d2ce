import type { LeadershipRecord } from '../../lambda/leader/record';
import { otherRole } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import { ROLES } from '../checks/places';
import { type Answer, answerOf } from '../operate/failures';
import { untimelyMove } from '../operate/plan';
import type { Leadership } from '../operate/ports';

/**
 * In which region the services of a deployment go first. A new version proves itself where it serves nobody, for its whole
 * bake time, before it gets to where the lead is. Which region leads is in no template, so it is read from the record; an
 * order is never guessed: on the wrong side of a failover the default would roll out to the users first.
 */

/** What the CDK app takes as `-c first=`: the region that goes first, or no order. */
export const ORDERS = ['home', 'standby', 'none'] as const satisfies readonly (Role | 'none')[];
export type First = (typeof ORDERS)[number];

export type Order =
  | {
      readonly known: true;
      readonly first: First;
      /** Region by whose lead it was chosen; undefined if nobody led, or a person chose. */
      readonly leads: string | undefined;
      readonly sentence: string;
    }
  /** `sentence` says why, and what to do. */
  | { readonly known: false; readonly sentence: string };

/**
 * @param said what a person wants, whoever leads
 * @param isFirst whether there is no leadership table yet
 */
export async function orderOf(
  platform: Platform,
  said: First | undefined,
  isFirst: boolean,
  leadership: Pick<Leadership, 'read'>,
): Promise<Order> {
  if (isFirst) return ordered(platform, said ?? 'standby', undefined, 'home will lead');
  const answer = await answerOf(leadership.read());
  if (said !== undefined) return asSaid(platform, said, answer);
  if (!answer.known)
    return {
      known: false,
      sentence: `Nobody can say who leads, so which region serves nobody and goes first. ${answer.sentence} Once it can be read, say the same again; or say it yourself: --first standby while home leads, --first home while the standby leads, --first none for no order.`,
    };
  if (!answer.value) return ordered(platform, 'standby', undefined, 'nobody leads yet');
  return byLead(platform, answer.value);
}

function byLead(platform: Platform, record: LeadershipRecord): Order {
  const why = untimelyMove(record);
  if (why !== undefined) return { known: false, sentence: why };
  const lead = ROLES.find((role) => platform.regions[role].name === record.holder);
  if (lead === undefined)
    return {
      known: false,
      sentence: `The record names ${record.holder}, which is no region of this platform: is ${platform.name} the right file? See npx holdfast status.`,
    };
  return ordered(platform, otherRole(lead), record.holder, `${record.holder} leads`);
}

/** A person may know better than the record, and is told what it says. */
function asSaid(platform: Platform, said: First, answer: Answer<LeadershipRecord | undefined>): Order {
  const holder = answer.known ? answer.value?.holder : undefined;
  const isLeading = said !== 'none' && platform.regions[said].name === holder;
  return ordered(platform, said, undefined, `--first ${said}${isLeading ? ', although it leads' : ''}`);
}

function ordered(platform: Platform, first: First, leads: string | undefined, because: string): Order {
  const order =
    first === 'none'
      ? 'Both regions get their services at the same time'
      : `Services go to ${platform.regions[first].name} (${first}) first, and to ${platform.regions[otherRole(first)].name} after them`;
  return { known: true, first, leads, sentence: `${order}: ${because}.` };
}

/**
 * Asked again once a person has agreed, which may take long.
 * @returns why the order that was agreed to is the wrong one now; undefined if it is not
 */
export async function movedSince(
  order: Extract<Order, { known: true }>,
  leadership: Pick<Leadership, 'read'>,
): Promise<string | undefined> {
  if (order.leads === undefined) return undefined;
  const answer = await answerOf(leadership.read());
  if (!answer.known) return `Nobody can say any more who leads. ${answer.sentence}`;
  const why = answer.value && untimelyMove(answer.value);
  if (why !== undefined) return why;
  const holder = answer.value?.holder;
  if (holder === order.leads) return undefined;
  return `The lead has moved from ${order.leads} to ${holder ?? 'nobody'} meanwhile, so the order is the wrong one: say npx holdfast deploy again.`;
}
