import { isDeepStrictEqual } from 'node:util';
import { HoldfastError } from '../runtime/errors';
import { appended, formerHolder, stateIfWithdrawn } from './history';
import { hasMoved, isProtected, type LeadershipRecord, STATES, type State } from './record';

/**
 * Which changes of the record are allowed. Everything that is not in the table is refused before it is sent, whoever
 * asks for it, so that a mistake in a decision or a command cannot become a second writer. What a record cannot show
 * (that a watch was full, a fence closed, a promotion done, or that there is no managed database) is for the caller.
 */

type Field = keyof LeadershipRecord;
/** @returns a sentence why the change is not allowed */
type Condition = (current: LeadershipRecord, next: LeadershipRecord) => string | undefined;

export interface Transition {
  readonly from: State;
  readonly to: State;
  /** Whether another region becomes the holder, at the next epoch and with one more entry in the history. */
  readonly changesHolder: boolean;
  /** What else may change with it. */
  readonly fields: readonly Field[];
  readonly when: Condition;
}

/** What the holder may tell with every change that it makes. */
const RENEWAL: readonly Field[] = ['databaseTime', 'walLsn', 'ttlSeconds', 'enforceSeconds', 'outageSeconds'];

const always: Condition = () => undefined;

const staysAsItIs: Condition = (current, next) => {
  const left = current.pending.filter((task) => next.pending.includes(task));
  if (!isDeepStrictEqual(next.pending, left)) {
    return 'A task becomes pending only when a new holder begins to serve.';
  }
  return current.servingSince !== null && next.servingSince !== current.servingSince
    ? 'Since when the holder serves is told once.'
    : undefined;
};

const mayDrain: Condition = (current, next) => {
  if (current.frozen) return 'It is frozen.';
  if (!isProtected(current)) return 'The other side was left in a move and has not been rebuilt.';
  const { operation } = next;
  return operation?.kind === 'switchover' || operation?.kind === 'application-outage'
    ? undefined
    : 'It needs the operation switchover or application-outage.';
};

const whereItWas: Condition = (current, next) =>
  (next.state === 'PROTECTED') === hasMoved(current)
    ? undefined
    : 'A drain that is abandoned leads back to PROTECTED after a move, otherwise to SERVING.';

const mayClaim: Condition = (current, next) => {
  if (current.frozen) return 'It is frozen.';
  const reason = next.history.at(-1)?.reason;
  const asked = current.operation?.to === next.holder ? current.operation.kind : undefined;
  switch (reason) {
    case 'takeover':
      return isProtected(current) || current.state === 'DRAINING' || current.state === 'HANDOFF'
        ? undefined
        : 'The claimant was left in a move and has not been rebuilt; only the operation force takes over.';
    case 'forced':
      return asked === 'force' ? undefined : `It needs the operation force to ${next.holder}.`;
    case 'switchover':
      // Who has handed over has drained, whatever else was asked for meanwhile.
      return current.state === 'HANDOFF' && (asked === 'switchover' || asked === 'force')
        ? undefined
        : `It needs HANDOFF and the operation switchover to ${next.holder}.`;
    case 'application-outage':
      return current.state === 'HANDOFF' && asked === 'application-outage'
        ? undefined
        : `It needs HANDOFF and the operation application-outage to ${next.holder}.`;
    default:
      return `${reason} is no reason for a claim.`;
  }
};

const mayWithdraw: Condition = (current, next) => {
  if (next.history.at(-1)?.reason !== 'withdrawn') return 'The reason must be withdrawn.';
  if (next.holder !== formerHolder(current.history)) return 'A claim is given back to the former holder.';
  const state = stateIfWithdrawn(current.history);
  return next.state === state ? undefined : `This claim leads back to ${state}.`;
};

const positionsRecorded: Condition = (_, next) =>
  next.promotedFrom === null ? 'promotedFrom must tell where the replica stood.' : undefined;

/** Whether the other side needs it cannot be seen here: also a standby that a person has promoted is rebuilt so. */
const mayRebuild: Condition = (_, next) =>
  next.operation?.kind === 'failback' ? undefined : 'It needs the operation failback.';

/** A row in which the holder stays. */
const stay = (
  from: State,
  to: State,
  fields: readonly Field[] = [],
  when: Condition = always,
): Transition => ({ from, to, changesHolder: false, fields: [...RENEWAL, ...fields], when });

/** A row with a change of holder. */
const move = (from: State, to: State, fields: readonly Field[], when: Condition): Transition => ({
  from,
  to,
  changesHolder: true,
  fields: ['outageSeconds', ...fields],
  when,
});

const CLAIMABLE: readonly State[] = ['SERVING', 'PROTECTED', 'DRAINING', 'HANDOFF', 'REBUILDING'];
const SERVES: readonly Field[] = ['servingSince', 'pending', 'operation'];

export const TRANSITIONS: readonly Transition[] = [
  ...STATES.map((state) => stay(state, state, ['frozen', ...SERVES], staysAsItIs)),
  stay('SERVING', 'DRAINING', ['operation'], mayDrain),
  stay('PROTECTED', 'DRAINING', ['operation'], mayDrain),
  stay('DRAINING', 'HANDOFF'),
  stay('DRAINING', 'SERVING', ['operation'], whereItWas),
  stay('DRAINING', 'PROTECTED', ['operation'], whereItWas),
  stay('HANDOFF', 'SERVING', ['operation'], whereItWas),
  stay('HANDOFF', 'PROTECTED', ['operation'], whereItWas),
  ...CLAIMABLE.map((state) => move(state, 'CLAIMED', [], mayClaim)),
  move('CLAIMED', 'SERVING', ['operation'], mayWithdraw),
  move('CLAIMED', 'PROTECTED', ['operation'], mayWithdraw),
  stay('CLAIMED', 'PROMOTING', ['promotedFrom'], positionsRecorded),
  stay('CLAIMED', 'SERVING', SERVES),
  stay('PROMOTING', 'SERVING', SERVES),
  stay('SERVING', 'REBUILDING', ['operation'], mayRebuild),
  stay('PROTECTED', 'REBUILDING', ['operation'], mayRebuild),
  stay('REBUILDING', 'PROTECTED', ['operation']),
];

/** A change of the record that is not in the table; nothing was sent. */
export class IllegalTransition extends HoldfastError {
  constructor(
    readonly current: LeadershipRecord,
    readonly next: LeadershipRecord,
    readonly objection: string,
  ) {
    super(
      `The leadership record may not be changed so (version ${current.version}, epoch ${current.epoch}). ${objection}`,
    );
  }
}

/** @returns a sentence why `next` may not follow `current`; undefined if it may */
export function checkTransition(current: LeadershipRecord, next: LeadershipRecord): string | undefined {
  const row = TRANSITIONS.find(
    ({ from, to, changesHolder }) =>
      from === current.state && to === next.state && changesHolder === (next.holder !== current.holder),
  );
  if (!row) return `There is no way from ${what(current)} to ${what(next)}.`;
  const objection =
    countersObjection(row, current, next) ??
    historyObjection(current, next) ??
    fieldsObjection(row, current, next) ??
    operationObjection(current, next) ??
    row.when(current, next);
  return objection && `${what(current)} may not become ${what(next)}: ${objection}`;
}

const what = ({ holder, state, epoch }: LeadershipRecord): string =>
  `${state} by ${holder} at epoch ${epoch}`;

function countersObjection(
  { changesHolder }: Transition,
  current: LeadershipRecord,
  next: LeadershipRecord,
): string | undefined {
  if (next.version !== current.version + 1) {
    return `The version must be ${current.version + 1}, but is ${next.version}.`;
  }
  const epoch = current.epoch + (changesHolder ? 1 : 0);
  if (next.epoch !== epoch) return `The epoch must be ${epoch}.`;
  if (!(next.ttlSeconds > 0)) return `ttlSeconds must be positive, but is ${next.ttlSeconds}.`;
  if (!(next.enforceSeconds > 0)) return `enforceSeconds must be positive, but is ${next.enforceSeconds}.`;
  return undefined;
}

/** One entry more exactly when the holder changes. */
function historyObjection(current: LeadershipRecord, next: LeadershipRecord): string | undefined {
  const entry = next.history.at(-1);
  if (next.holder === current.holder) {
    return isDeepStrictEqual(next.history, current.history)
      ? undefined
      : 'The history changes with the holder only.';
  }
  if (entry?.epoch !== next.epoch || entry.holder !== next.holder) {
    return `The last entry of the history must be about ${next.holder} at epoch ${next.epoch}.`;
  }
  return isDeepStrictEqual(next.history, appended(current.history, entry))
    ? undefined
    : 'One entry is appended to the history, and nothing else in it changes.';
}

const ALWAYS: readonly Field[] = ['epoch', 'holder', 'state', 'version', 'history'];

function fieldsObjection(
  { fields }: Transition,
  current: LeadershipRecord,
  next: LeadershipRecord,
): string | undefined {
  const names = new Set([...Object.keys(current), ...Object.keys(next)]) as ReadonlySet<Field>;
  const changed = [...names].filter((name) => !isDeepStrictEqual(current[name], next[name]));
  const wrong = changed.filter((name) => !ALWAYS.includes(name) && !fields.includes(name));
  return wrong.length > 0 ? `It may not change ${wrong.join(', ')}.` : undefined;
}

/** Each kind of operation is about the side that does not lead when it is asked for. */
function operationObjection(current: LeadershipRecord, next: LeadershipRecord): string | undefined {
  const { operation } = next;
  if (operation === null || isDeepStrictEqual(operation, current.operation)) return undefined;
  return operation.to === next.holder
    ? `The operation ${operation.kind} must name the region that does not lead.`
    : undefined;
}
