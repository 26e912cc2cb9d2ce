import { isProtected, type LeadershipRecord, type Operation } from '../../lambda/leader/record';
import { draining, frozen, rebuilding, withOperation } from '../../lambda/leader/steps';
import type { Platform } from '../../lib/config/platform';
import { noSuch } from '../../lib/config/suggest';

/** What an operator asks for. */
export const COMMANDS = ['switchover', 'failback', 'freeze', 'thaw', 'failover'] as const;
export interface Request {
  readonly command: (typeof COMMANDS)[number];
  /** Region that is to lead; only for a switchover, and the other one if it is left out. */
  readonly to?: string;
  /** Of this request, never used before. */
  readonly id: string;
  /** Who asks and why. */
  readonly sentence: string;
  /** Of a failback: the side that does not lead has no replica, so that it may be rebuilt though the lead never moved. */
  readonly replicaLost?: boolean;
}

/** What is waited for once the record is written. */
export interface Goal {
  readonly kind: 'switchover' | 'failback' | 'force';
  /** Region that is to lead, or to be rebuilt. */
  readonly to: string;
}

/** What a request means for the record as it is. */
export type Plan =
  /** It makes no sense now; the sentence says what does. */
  | { readonly step: 'refuse'; readonly sentence: string }
  /** It is so already. */
  | { readonly step: 'done'; readonly sentence: string }
  /** It is under way already, so that only waiting is left. */
  | { readonly step: 'follow'; readonly goal: Goal; readonly sentence: string }
  | {
      readonly step: 'write';
      readonly next: LeadershipRecord;
      /** What this asks for, as the end of "This" or "It would". */
      readonly sentence: string;
      /** Undefined: it is in force with the write. */
      readonly goal: Goal | undefined;
    };

const refuse = (sentence: string): Plan => ({ step: 'refuse', sentence });
const done = (sentence: string): Plan => ({ step: 'done', sentence });

/** Decides what a request means. Asked again with every newer record, until a write succeeds. */
export function plan(platform: Platform, record: LeadershipRecord, request: Request): Plan {
  switch (request.command) {
    case 'freeze':
      return freeze(record, true);
    case 'thaw':
      return freeze(record, false);
    case 'switchover':
      return switchover(platform, record, request);
    case 'failback':
      return failback(platform, record, request);
    case 'failover':
      return force(platform, record, request);
  }
}

function freeze(record: LeadershipRecord, wanted: boolean): Plan {
  if (record.frozen === wanted) return done(wanted ? 'It is frozen already.' : 'It is not frozen.');
  const sentence = wanted
    ? 'forbids every move: no region takes over, whatever happens, until `npx holdfast thaw`'
    : 'allows moves again';
  return { step: 'write', next: frozen(record, wanted), sentence, goal: undefined };
}

function switchover(platform: Platform, record: LeadershipRecord, request: Request): Plan {
  const regions = regionsOf(platform);
  if (request.to !== undefined && !regions.includes(request.to))
    return refuse(noSuch('region of this platform that can lead', request.to, regions));
  const { holder, state, operation } = record;
  const begun = operation?.kind === 'failback' ? undefined : operation?.to;
  const to = request.to ?? begun ?? otherOf(platform, holder);
  if (operation && operation.kind !== 'failback') return alreadyUnderWay(record, operation, 'switchover', to);
  if (isMoving(record)) {
    const isOwn = record.history.at(-1)?.reason === 'switchover' && holder === (request.to ?? holder);
    if (!isOwn) return refuse(moveUnderWay(record));
    return { step: 'follow', goal: { kind: 'switchover', to: holder }, sentence: `${holder} is taking over` };
  }
  if (request.to === holder) return done(`${holder} leads already (${state}, epoch ${record.epoch}).`);
  if (request.to === undefined && state === 'SERVING' && record.history.at(-1)?.reason === 'switchover')
    return done(
      `${holder} leads since the switchover to epoch ${record.epoch}. To go back, rebuild first: npx holdfast failback`,
    );
  if (record.frozen) return refuse(FROZEN);
  if (!isProtected(record)) return refuse(notProtected(platform, record));
  const next = draining(record, { kind: 'switchover', id: request.id, to, sentence: request.sentence });
  const sentence = `moves the lead from ${holder} to ${to}; writes stop until ${to} serves, and none is lost`;
  return { step: 'write', next, sentence, goal: { kind: 'switchover', to } };
}

function failback(platform: Platform, record: LeadershipRecord, request: Request): Plan {
  const { holder, state, operation } = record;
  const to = otherOf(platform, holder);
  const goal: Goal = { kind: 'failback', to };
  if (state === 'REBUILDING') return { step: 'follow', goal, sentence: `${to} is being rebuilt already` };
  if (isMoving(record)) return refuse(moveUnderWay(record));
  if (isProtected(record) && request.replicaLost !== true) {
    return state === 'PROTECTED'
      ? done(`${to} is rebuilt: ${holder} leads, and the platform is protected.`)
      : refuse('There is nothing to rebuild: the lead has never moved.');
  }
  if (operation) return refuse(operationUnderWay(operation));
  if (record.frozen) return refuse(FROZEN);
  const next = rebuilding(record, { kind: 'failback', id: request.id, to, sentence: request.sentence });
  const sentence = `rebuilds ${to} as the replica of ${holder}; its old database is kept aside and never opened. The lead stays in ${holder}`;
  return { step: 'write', next, sentence, goal };
}

function force(platform: Platform, record: LeadershipRecord, request: Request): Plan {
  const { holder, operation } = record;
  if (record.state === 'CLAIMED' || record.state === 'PROMOTING') {
    if (record.history.at(-1)?.reason !== 'forced') return refuse(moveUnderWay(record));
    return { step: 'follow', goal: { kind: 'force', to: holder }, sentence: `${holder} is taking over` };
  }
  const to = otherOf(platform, holder);
  const goal: Goal = { kind: 'force', to };
  if (operation?.kind === 'force')
    return { step: 'follow', goal, sentence: `${operation.to} was told already to take over` };
  if (record.frozen) return refuse(FROZEN);
  const next = withOperation(record, { kind: 'force', id: request.id, to, sentence: request.sentence });
  return { step: 'write', next, sentence: `makes ${to} take over from ${holder}`, goal };
}

const FROZEN = 'The platform is frozen. Allowed now: npx holdfast thaw';

const regionsOf = ({ regions }: Platform): readonly string[] => [regions.home.name, regions.standby.name];

export const otherOf = ({ regions }: Platform, region: string): string =>
  region === regions.home.name ? regions.standby.name : regions.home.name;

const MOVING: ReadonlySet<LeadershipRecord['state']> = new Set([
  'CLAIMED',
  'PROMOTING',
  'DRAINING',
  'HANDOFF',
]);
const isMoving = ({ state }: LeadershipRecord): boolean => MOVING.has(state);

const moveUnderWay = ({ holder, state, operation }: LeadershipRecord): string =>
  state === 'CLAIMED' || state === 'PROMOTING'
    ? `${holder} is taking over (${state}); wait for it: npx holdfast status --watch`
    : `${holder} is handing over to ${operation?.to ?? 'the other region'} (${state}); wait for it: npx holdfast status --watch`;

/**
 * Why nothing else may be changed now: the lead is being moved, or somebody has frozen the platform. A rebuilding takes
 * hours, moves no lead and forbids nothing.
 */
export const untimely = (record: LeadershipRecord): string | undefined =>
  untimelyMove(record) ?? (record.frozen ? FROZEN : undefined);

/** Why who leads now may not lead in a minute: the lead is being moved, or is about to be. */
export function untimelyMove(record: LeadershipRecord): string | undefined {
  const { operation } = record;
  if (isMoving(record)) return moveUnderWay(record);
  return operation && operation.kind !== 'failback' ? operationUnderWay(operation) : undefined;
}

const operationUnderWay = ({ kind, to, sentence }: Operation): string =>
  `Another operation is under way: ${kind} to ${to}. ${sentence}`;

function alreadyUnderWay(
  record: LeadershipRecord,
  operation: Operation,
  kind: Goal['kind'],
  to: string,
): Plan {
  const isSame = operation.kind === kind && operation.to === to;
  if (!isSame) return refuse(operationUnderWay(operation));
  return {
    step: 'follow',
    goal: { kind, to },
    sentence: `the ${kind} to ${to} is under way (${record.state})`,
  };
}

function notProtected(platform: Platform, { holder, state }: LeadershipRecord): string {
  const other = otherOf(platform, holder);
  return state === 'REBUILDING'
    ? `${other} is being rebuilt; wait for it: npx holdfast failback`
    : `${other} was left in a move and is not fit to lead. Allowed now: npx holdfast failback`;
}

/** How far a goal is. */
export type Progress =
  | { readonly ended: false }
  | { readonly ended: true; readonly reached: boolean; readonly sentence: string };

const underWay: Progress = { ended: false };
const reached = (sentence: string): Progress => ({ ended: true, reached: true, sentence });
const missed = (sentence: string): Progress => ({ ended: true, reached: false, sentence });

/** Whether a goal is reached, missed, or still to be waited for. */
export function progress(goal: Goal, record: LeadershipRecord): Progress {
  const { holder, state, epoch, operation } = record;
  if (goal.kind === 'failback') {
    if (state === 'PROTECTED')
      return reached(`${goal.to} is rebuilt; ${holder} leads, and the platform is protected.`);
    if (state === 'REBUILDING') return underWay;
    return missed(`the rebuilding of ${goal.to} was ended: ${holder} is in ${state} at epoch ${epoch}.`);
  }
  if (holder === goal.to) {
    if (isMoving(record)) return underWay;
    return reached(
      `${holder} leads at epoch ${epoch}.${isProtected(record) ? '' : ' Not protected until the other side is rebuilt: npx holdfast failback'}`,
    );
  }
  if (operation?.kind === goal.kind && operation.to === goal.to) return underWay;
  const why =
    record.history.at(-1)?.reason === 'withdrawn' ? ` ${record.history.at(-1)?.sentence ?? ''}` : '';
  return missed(`it was abandoned: ${holder} leads at epoch ${epoch} (${state}).${why}`);
}
