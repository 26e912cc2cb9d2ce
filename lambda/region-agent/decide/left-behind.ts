import { hasMoved, type LeadershipRecord } from '../../leader/record';
import type { Decision } from '../decision';
import { ifKnown } from '../observation';
import type { DatabaseStatus, FleetStatus } from '../ports';
import { mayTry, type Situation } from '../situation';

const REST_MS = 60_000;

/**
 * This side does not lead and is no replica: it was left in a move, or a person has promoted it. It closes its fence,
 * which had closed by itself, takes its services down to their size for standing by, and otherwise waits for a person.
 * @param primary the own database, if it answers and is a primary
 */
export function leftBehind(situation: Situation, primary: DatabaseStatus | undefined): Decision {
  const { record, settings } = situation;
  const left = wasLeft(record);
  const what = left
    ? `${settings.own} was left: ${record.holder} leads epoch ${record.epoch}. To be protected again, say: npx holdfast failback.`
    : `The database in ${settings.own} was promoted by a person while ${record.holder} leads: it stays closed and protects nothing. To be protected again, say: npx holdfast failback.`;
  const signals = left ? [] : (['gateRefused'] as const);
  const base = { sentence: what, signals, limitation: what };
  if (primary && !primary.lease.closed && primary.lease.version < record.version) {
    return {
      ...base,
      action: { kind: 'close', lease: { epoch: primary.lease.epoch, version: record.version } },
    };
  }
  return needsLess(situation) ? { ...base, action: { kind: 'scale-down' } } : base;
}

/** In the other states the side was rebuilt after the last move, or was never left. */
const wasLeft = (record: LeadershipRecord): boolean =>
  hasMoved(record) && !['PROTECTED', 'DRAINING', 'HANDOFF'].includes(record.state);

/** Only after a move: before one, the standby runs what its tier says, and a person may have scaled it. */
const needsLess = (situation: Situation): boolean =>
  hasMoved(situation.record) && mayResize(situation, ({ desired, standby }) => desired > standby);

type Service = FleetStatus['services'][number];

/** @returns whether some service has not its size for standing by, and it is time to bring it there */
export function mayResize(situation: Situation, isWrong: (service: Service) => boolean): boolean {
  const services = ifKnown(situation.seen.fleet)?.services ?? [];
  return services.some(isWrong) && mayTry(situation, 'scale-down', REST_MS);
}
