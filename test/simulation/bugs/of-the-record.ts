import { draining } from '../../../lambda/leader/steps';
import type { Bug } from '../history/run';
import { HOME } from '../world/places';
import { both, recordSeenAs, unchecked, wrapped } from './layers';

/** Mistakes about the leadership record. */
export const OF_THE_RECORD: Readonly<Record<string, Bug>> = {
  'the watch is cut short': wrapped(recordSeenAs((record) => ({ ...record, ttlSeconds: 5 }))),

  'the record is written without a condition': {
    patch: ({ table }) => {
      table.accepts = () => true;
    },
  },

  'a claim keeps the epoch': wrapped((ports, ...rest) => {
    const plain = unchecked(ports, ...rest);
    return {
      ...plain,
      leadership: {
        ...plain.leadership,
        replace: (current, next) => plain.leadership.replace(current, { ...next, epoch: current.epoch }),
      },
    };
  }),

  'a freeze is ignored': wrapped(
    both(
      unchecked,
      recordSeenAs((record) => ({ ...record, frozen: false })),
    ),
  ),

  'a claim is given back after the promotion was asked for': wrapped(
    both(
      unchecked,
      recordSeenAs((record, side) =>
        record.state === 'PROMOTING' && record.holder !== side.name
          ? { ...record, state: 'CLAIMED' }
          : record,
      ),
    ),
  ),

  'home takes the lead back when it is protected again': wrapped((ports, _host, side) => ({
    ...ports,
    leadership: {
      ...ports.leadership,
      read: async () => {
        const record = await ports.leadership.read();
        if (record?.state !== 'PROTECTED' || record.holder === HOME || side.name !== HOME) return record;
        const operation = { kind: 'switchover', id: 'return', to: HOME, sentence: 'Home is back.' } as const;
        return (await ports.leadership.replace(record, draining(record, operation))).record;
      },
    },
  })),

  'the time between two moves is ignored': wrapped(
    recordSeenAs((record) => ({
      ...record,
      servingSince: record.servingSince && '2000-01-01T00:00:00.000Z',
    })),
  ),
};
