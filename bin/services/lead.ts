import type { LeadershipRecord } from '../../lambda/leader/record';
import { otherRole } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import { ROLES } from '../checks/places';
import { answerOf } from '../operate/failures';
import { untimely } from '../operate/plan';
import type { ServicesPorts } from './ports';

/** Which region leads, for a command that is about to change services; or why it must not. */
export type Lead =
  | { readonly known: true; readonly role: Role }
  /** `may`: nobody can say who leads, but what is asked for needs no answer to it. */
  | { readonly known: false; readonly may: boolean; readonly sentence: string };

/**
 * Asks who leads. Nothing is changed while the lead is moved or frozen. If nobody can say, one region may still be
 * changed by who names it: a bad version must be taken back on a bad day, too.
 */
export async function leadOf(
  platform: Platform,
  { leadership }: Pick<ServicesPorts, 'leadership'>,
  namesRegion: boolean,
): Promise<Lead> {
  const answer = await answerOf(leadership.read());
  if (!answer.known) {
    const hint = namesRegion
      ? ''
      : ' Name one region to go on all the same: --region home or --region standby.';
    return {
      known: false,
      may: namesRegion,
      sentence: `Nobody can say who leads. ${answer.sentence}${hint}`,
    };
  }
  if (!answer.value)
    return {
      known: false,
      may: false,
      sentence: 'The leadership table holds no record: is the platform deployed? See npx holdfast status.',
    };
  return leadIn(platform, answer.value);
}

function leadIn(platform: Platform, record: LeadershipRecord): Lead {
  const role = ROLES.find((one) => platform.regions[one].name === record.holder);
  const why =
    untimely(record) ??
    (role === undefined
      ? `The record names ${record.holder}, which is no region of this platform.`
      : undefined);
  if (why !== undefined || role === undefined) return { known: false, may: false, sentence: why ?? '' };
  return { known: true, role };
}

/** The region that does not lead first, so that a mistake meets it before it meets anybody. */
export const carefully = (roles: readonly Role[], lead: Role): Role[] =>
  [otherRole(lead), lead].filter((role) => roles.includes(role));

/** What `--region` takes. */
export const WHERE = { home: ['home'], standby: ['standby'], both: ROLES } as const satisfies Readonly<
  Record<string, readonly Role[]>
>;
export type Where = keyof typeof WHERE;
