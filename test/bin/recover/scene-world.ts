import type { Position } from '../../../lambda/archive/format/segment';
import { parseTarget } from '../../../lambda/archive/restore/target';
import { microsecondsOf, timeText } from '../../../lambda/archive/restore/time';
import type { SalvagedTransaction, SalvageSummary } from '../../../lambda/archive/salvage/salvaged';
import type { RestoreReply, RestoreRequest } from '../../../lambda/restore/request';
import type { Platform } from '../../../lib/config/platform';
import type { FakeClock } from '../../support/fake-clock';
import { HOME, STANDBY, serving } from '../operate/records';
import { FakeRecovery } from './fakes';
import { archiveOfScenes } from './scene-archive';

/** A platform's recovery as the runbooks show it: instances take minutes to come, and the function says what it says. */

export const NOW_MS = Date.UTC(2026, 0, 31, 12, 30);
export const THE_BUG = parseTarget('2026-01-31T11:02:16Z');

const MINUTE_MS = 60_000;
/** From the call of RDS until the instance is there, in milliseconds. */
const MADE_MS = 14 * MINUTE_MS;

/** As in the archive of the scenes. */
const BEFORE_THE_BUG: Position = {
  endLsn: '0/5BCA200',
  commitTimeUs: String(microsecondsOf('2026-01-31T11:02:15.930128Z')),
};
const HEAD: Position = {
  endLsn: '0/5BD2600',
  commitTimeUs: String(microsecondsOf('2026-01-31T12:29:58.310044Z')),
};

const TABLES = 14;
const ROWS = '1204311';

const pointInTime = (region: string) => ({
  kind: 'point-in-time' as const,
  region,
  origin: HOME,
  source:
    region === HOME
      ? { identifier: 'demo-db' }
      : { backupArn: `arn:aws:rds:${region}:123456789012:auto-backup:ab-1` },
  earliestMs: Date.UTC(2026, 0, 24),
  latestMs: NOW_MS - 4 * MINUTE_MS,
});

export async function recovery(platform: Platform, clock: FakeClock): Promise<FakeRecovery> {
  const { near } = await archiveOfScenes(platform);
  const world = Object.assign(new FakeRecovery(), { archive: () => near, archiveIn: () => near });
  world.record = serving({}, NOW_MS);
  world.bases = { [HOME]: [pointInTime(HOME)], [STANDBY]: [pointInTime(STANDBY)] };
  let madeMs = Number.POSITIVE_INFINITY;
  const { restore } = world.backups;
  return Object.assign(world, {
    backups: {
      ...world.backups,
      restore: async (...asked: Parameters<typeof restore>) => {
        madeMs = clock.now();
        await restore(...asked);
      },
      find: async (region: string, identifier: string) => {
        const found = world.instances.get(`${region}/${identifier}`);
        return found && { ...found, status: clock.now() < madeMs + MADE_MS ? 'creating' : 'available' };
      },
    },
    functions: {
      invoke: async (_: string, request: RestoreRequest) => replyOf(request, world),
    },
  });
}

/** Sentences are those of `lambda/restore`. */
function replyOf(request: RestoreRequest, world: FakeRecovery): RestoreReply {
  const isLatest = 'target' in request && request.target === 'latest';
  const last = isLatest ? HEAD : BEFORE_THE_BUG;
  switch (request.operation) {
    case 'prepare':
      return {
        operation: 'prepare',
        outcome: 'done',
        sentence: 'The restored database is at 0/7000148, closed, and no job runs.',
        database: {
          version: '17.6',
          system: '7300000000000000001',
          database: 'app',
          position: '0/7000148',
          timeline: 2,
          closed: true,
          epoch: 1,
          activeJobs: 0,
        },
      };
    case 'top-up': {
      const [count, changes] = isLatest ? [312, 2_871] : [2, 5];
      return {
        operation: 'top-up',
        outcome: 'done',
        sentence: `${count} transactions with ${changes} changes were added, up to ${timeText(last.commitTimeUs)} (${last.endLsn}).`,
        applied: count,
        last,
        head: HEAD,
      };
    }
    case 'verify':
      return {
        operation: 'verify',
        outcome: 'done',
        sentence: `Nothing is wrong with it: ${TABLES} tables with ${ROWS} rows.`,
        problems: [],
        tables: Array.from({ length: TABLES }, (_, index) => ({
          table: `public.t${index}`,
          rows: index === 0 ? ROWS : '0',
          digest: 'ab',
        })),
        leftOut: [],
        last,
        unheld: null,
      };
    case 'copy-tables': {
      const copied = request.tables.map((table, index) => ({
        table: `public.${table}`,
        into: `"${request.schema}"."public_${table}"`,
        rows: index === 0 ? '48210' : '131007',
        whole: true,
      }));
      const sentence = `${copied.length} of ${copied.length} tables are in the schema ${request.schema}.`;
      return { operation: 'copy-tables', outcome: 'done', sentence, copied };
    }
    default: {
      const [reply] = world.replies.get(request.operation) ?? [];
      if (reply === undefined || reply instanceof Error) throw reply ?? new Error('Nobody expected that.');
      return reply;
    }
  }
}

const lost = (
  xid: number,
  endLsn: string,
  second: number,
  changes: Partial<SalvagedTransaction>,
): SalvagedTransaction => ({
  xid,
  endLsn,
  commitTimeUs: String(Date.UTC(2026, 0, 31, 12, 28, second) * 1000 + 250_113),
  presence: 'absent',
  from: 'archive',
  tables: ['public.orders'],
  changes: 1,
  rows: [],
  more: 0,
  conflicts: [],
  needs: [],
  applied: false,
  ...changes,
});

const summary: SalvageSummary = {
  left: 'v1/7300000000000000001/app/0000000001-0000/',
  follows: 'v1/7300000000000000001/app/0000000002-0000/',
  shared: BEFORE_THE_BUG,
  head: HEAD,
  beyond: {
    fromUs: String(Date.UTC(2026, 0, 31, 12, 28, 9) * 1000 + 410_077),
    untilUs: String(Date.UTC(2026, 0, 31, 12, 31, 44) * 1000 + 120_500),
  },
  completed: false,
};

/** What a takeover has lost: an order, its change, and one that somebody has touched since. */
export function lostOnes(world: FakeRecovery): void {
  world.replies.set('old-side', [new Error('There is no database demo-db-quarantine-e1 in this region.')]);
  world.replies.set('salvage', [
    {
      operation: 'salvage',
      outcome: 'done',
      sentence: '3 lost transactions of epoch 1.',
      summary,
      transactions: [
        lost(48_430, '0/5BD2A90', 4, { tables: ['public.order_items', 'public.orders'], changes: 4 }),
        lost(48_433, '0/5BD2E18', 6, { needs: ['0/5BD2A90'] }),
        lost(48_434, '0/5BD3140', 9, {
          tables: ['public.customers'],
          conflicts: ['The row {"id":"7"} of public.customers was changed since.'],
        }),
      ],
      next: null,
    },
  ]);
  world.replies.set('salvage-sql', [
    {
      operation: 'salvage-sql',
      outcome: 'done',
      sentence: 'SQL for 2 transactions.',
      sql: 'BEGIN;\nCOMMIT;\n',
      next: null,
    },
  ]);
}
