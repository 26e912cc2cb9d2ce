import type { Lease } from '../../../lambda/region-agent/ports';
import type { Bug } from '../history/run';
import { databaseSeenAs, withDatabase, wrapped } from './layers';

/** Mistakes about the lease and the database, as the agent makes them. */
export const OF_THE_LEASE: Readonly<Record<string, Bug>> = {
  "the limit is set from the agent's clock": wrapped(
    withDatabase((database, _ports, host, side, { agents }) => {
      const lent = (lease: Lease): Lease => ({
        ...lease,
        limitMs: host.clock.now() + agents[side.name].settings.leaseSeconds * 1000,
      });
      return { renew: (lease) => database.renew(lent(lease)), open: (lease) => database.open(lent(lease)) };
    }),
  ),

  'the clock is read after the record was written': {
    patch: (simulation) => {
      const fenceOf = simulation.fenceOf;
      simulation.fenceOf = (state) => {
        const fence = fenceOf(state);
        const renew = fence.renew.bind(fence);
        const { leaseSeconds } = simulation.beginning.settings;
        fence.renew = (lease, clockMs, timeline) =>
          renew({ ...lease, limitMs: clockMs + leaseSeconds * 1000 }, clockMs, timeline);
        return fence;
      };
    },
  },

  'the holder serves before the promotion is verified': wrapped(
    databaseSeenAs((status, record) =>
      record?.state === 'PROMOTING' && status.inRecovery
        ? {
            ...status,
            inRecovery: false,
            timeline: 2,
            enforcedAgoSeconds: 0,
            lease: {
              ...status.lease,
              epoch: record.epoch,
              closed: false,
              timeline: 2,
              limitMs: status.clockMs + 60_000,
            },
          }
        : status,
    ),
  ),

  'enforcement that stands still is ignored': wrapped(
    databaseSeenAs((status) => ({ ...status, enforcedAgoSeconds: 0 })),
  ),

  'the lag gate is ignored': wrapped(
    databaseSeenAs((status) => (status.inRecovery ? { ...status, lsn: 'FFFFFFFF/0' } : status)),
  ),

  'sessions are not waited for in a switchover': wrapped(
    databaseSeenAs((status) => ({ ...status, fencedSessions: 0 })),
  ),

  'RDS is asked for the promotion before the record says so': wrapped((ports, _host, _side) => ({
    ...ports,
    leadership: {
      ...ports.leadership,
      replace: async (current, next) => {
        if (current.state === 'CLAIMED' && next.state === 'PROMOTING')
          await ports.managed?.instance.promote();
        return ports.leadership.replace(current, next);
      },
    },
  })),
};
