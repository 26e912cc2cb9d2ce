import { MRSC_SETS } from '../../lib/config/aws-regions';
import { leadershipTable } from '../../lib/config/names';
import { oneOf } from '../../lib/config/suggest';
import { describeTimings } from '../../lib/config/timings';
import type { Check } from './check';
import { GLOBAL, ok, todo } from './line';

/** May DynamoDB keep the leadership table strongly consistent over its three regions? */
export const leadership: Check = {
  name: 'leadership table',
  asksAws: false,
  tasks: (platform) => [
    {
      place: GLOBAL,
      run: async () => {
        const { regions } = platform.leadership;
        const table = leadershipTable(platform);
        return [
          MRSC_SETS.some((set) => regions.every((region) => set.includes(region)))
            ? ok(`DynamoDB keeps ${table} strongly consistent over ${oneOf(regions, 'and')}.`)
            : todo(
                `DynamoDB cannot keep ${table} strongly consistent over ${oneOf(regions, 'and')}.`,
                `Choose three of one set in \`leadership.regions\`: ${MRSC_SETS.map((set) => set.join(', ')).join(' / ')}.`,
              ),
        ];
      },
    },
  ],
};

/** For information: how long a failover of this platform takes. */
export const timings: Check = {
  name: 'timings',
  asksAws: false,
  tasks: (platform) => [{ place: GLOBAL, run: async () => describeTimings(platform).map(ok) }],
};
