import type { Expectation } from '../../lib/drill/model';
import { judged } from '../../lib/drill/verdict';
import { ALIAS_TTL_SECONDS } from '../dns/resolver';
import { machine } from '../machine';
import type { DrillOptions } from './drill';
import { evidenceOf, leaderOf, type Seen } from './gather';
import type { LoadSize } from './load-on';
import type { DrillReport } from './model';
import { standIns } from './stand-ins';
import { versionsOf } from './versions';
import type { World } from './world';

/** Looks at what is in the database that leads, and says what held. @returns the report, also if nothing answers */
export async function judge(options: DrillOptions, seen: Seen): Promise<DrillReport> {
  const { world, scenario } = options;
  const evidence = await evidenceOf(options, seen);
  const { troubleMs, writableMs, account, figures } = evidence;
  const { failure } = seen.course;
  const ended: Expectation = {
    name: 'The scenario ran to its end',
    held: failure === undefined,
    found: failure?.replace(/\.$/, '') ?? 'every step was done',
  };
  const expectations = [ended, ...seen.course.judged, ...scenario.expect.map((expect) => expect(evidence))];
  return {
    name: 'drill',
    scenario: scenario.name,
    says: scenario.says,
    ...placeOf(world),
    beganMs: seen.began,
    endedMs: Date.now(),
    ...(troubleMs === undefined ? {} : { troubleMs }),
    ...(writableMs === undefined ? {} : { writableMs }),
    samples: seen.samples,
    journal: seen.journal.entries,
    requests: seen.requests,
    account,
    figures,
    ...judged(expectations),
    standIns: standIns(world.platform),
    settings: settingsOf(world, options.size),
    machine: machine(),
    versions: await versionsOf(world, leaderOf(seen.samples)),
  };
}

function placeOf(world: World): Pick<DrillReport, 'platform' | 'pace' | 'factor' | 'regions'> {
  const { platform, pace } = world;
  return {
    platform: platform.name,
    pace: pace.name,
    factor: pace.factor,
    regions: {
      home: world.region('home'),
      standby: world.region('standby'),
      witness: platform.regions.witness.name,
    },
  };
}

function settingsOf(
  { platform: { leadership, backup }, pace }: World,
  { clients, perSecond }: LoadSize,
): Record<string, string> {
  return {
    'Lease (T)': `${leadership.leaseSeconds} s`,
    'Enforcement (E)': `${leadership.enforceSeconds} s`,
    'Watch (W)': `${leadership.watchSeconds} s`,
    Poll: `${leadership.pollSeconds} s`,
    'A standby may lag': `${leadership.lagGateSeconds} s`,
    'A database may be away': `${leadership.databaseOutageSeconds} s`,
    'Between two moves': `${leadership.minimumSecondsBetweenMoves} s`,
    Archive: backup.archive.enabled ? backup.archive.mode : 'none',
    'Names are kept for': `${ALIAS_TTL_SECONDS / pace.factor} s`,
    'Minute of schedules': `${pace.minuteSeconds} s`,
    'Start of a task': `${pace.taskStartMs / 1000} s`,
    'Each status of RDS': `${pace.statusSeconds} s`,
    Load: `${clients} clients, ${perSecond} requests a second, half of them writes`,
  };
}
