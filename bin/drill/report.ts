import type { Platform } from '../../lib/config/platform';
import { writableWithinSeconds } from '../../lib/config/timings';
import type { Expectation, Report } from '../../lib/drill/model';
import { axisOf } from '../../lib/drill/report/axis';
import { html } from '../../lib/drill/report/html';
import { drawLanes, type Lane } from '../../lib/drill/report/lanes';
import { page, type Section, type Tile } from '../../lib/drill/report/page';
import { headline, judged } from '../../lib/drill/verdict';
import { type Figures, lasted, type Place } from './context';
import { costSentences, type PlannedCall } from './cost';
import type { Course } from './course';
import type { Model } from './ports';
import { PROMOTION_POLL_MS } from './promotion';

/** The report of a drill in an account: that of a local one, with what can be seen from outside. */
export interface AwsReport extends Report {
  readonly figures: Figures & {
    /** What synth prints, without the promotion. */
    readonly boundSeconds: number;
    /** With the P that was measured; absent without one. */
    readonly writableWithinSeconds?: number;
  };
  readonly lanes: readonly Lane[];
  readonly calls: readonly PlannedCall[];
  readonly limits: readonly string[];
}

export interface Drilled {
  readonly platform: Platform;
  readonly place: Place;
  readonly model: Model;
  readonly course: Course;
  readonly expectations: readonly Expectation[];
  readonly figures: Figures;
  readonly calls: readonly PlannedCall[];
  readonly switchover: boolean;
  readonly endedMs: number;
}

export function reportOf(drilled: Drilled): AwsReport {
  const { platform, course, figures, switchover, calls, expectations, endedMs } = drilled;
  const { home, standby, witness } = platform.regions;
  const boundSeconds = writableWithinSeconds(platform.leadership);
  const { promotionSeconds } = figures;
  return {
    name: 'drill',
    scenario: 'aws',
    says: `In the account: a throw-away replica is promoted in ${drilled.place.standby}, and a restore with top-up is verified in ${drilled.place.leader}; ${switchover ? 'then the lead moves to the other region and back' : 'traffic is left alone'}.`,
    platform: platform.name,
    regions: { home: home.name, standby: standby.name, witness: witness.name },
    beganMs: course.beganMs,
    endedMs,
    journal: course.entries,
    ...judged(expectations),
    settings: settingsOf(drilled),
    figures: {
      ...figures,
      boundSeconds,
      ...(promotionSeconds === undefined ? {} : { writableWithinSeconds: boundSeconds + promotionSeconds }),
    },
    lanes: course.lanes(),
    calls,
    limits: LIMITS,
  };
}

const LIMITS: readonly string[] = [
  `RDS tells a promotion by a status, which was asked every ${PROMOTION_POLL_MS / 1000} s: the database takes writes a little earlier than P says.`,
  'The replica that was promoted had replayed everything and no sessions; one that is behind replays the rest first.',
  'Nobody wrote through the platform for this drill: what clients see, how names turn and what a failover would lose is not in it.',
  'That a region goes and the other one takes over was not tried.',
];

const settingsOf = ({ platform, model }: Drilled): Record<string, string> => ({
  'Lease (T)': `${platform.leadership.leaseSeconds} s`,
  'Enforcement (E)': `${platform.leadership.enforceSeconds} s`,
  'Watch (W)': `${platform.leadership.watchSeconds} s`,
  Poll: `${platform.leadership.pollSeconds} s`,
  Objective: `RTO ${platform.objectives.rtoSeconds} s`,
  'Replica that was promoted': `${model.instanceClass}${model.multiAz ? ', Multi-AZ' : ''}, ${model.storageGib} GiB`,
});

/** The verdict in words. */
export function summaryOf(report: AwsReport): string[] {
  const { promotionSeconds, boundSeconds, writableWithinSeconds: within } = report.figures;
  const measured =
    promotionSeconds === undefined || within === undefined
      ? 'P was not measured.'
      : `P is ${lasted(promotionSeconds)}: after the loss of a region it is writable within ${boundSeconds} s + P = ${Math.round(within)} s.`;
  return [headline(report), measured, ...report.verdictSays];
}

/** @returns the report as one page of HTML that needs nothing else */
export function renderPage(report: AwsReport): string {
  return page(report, {
    about: 'in an AWS account',
    tiles: tiles(report),
    sections: sections(report),
    zeroMs: report.beganMs,
    summary: summaryOf(report).slice(0, 2),
    made: report.settings,
    limits: {
      heading: 'What this drill does not show',
      sentences: report.limits,
      remark: 'npm run drill shows the rest on one machine, with clients that write and a region that goes.',
    },
  });
}

function tiles({ figures }: AwsReport): readonly Tile[] {
  const tile = (seconds: number | undefined, what: string): readonly Tile[] =>
    seconds === undefined ? [] : [{ value: lasted(seconds), what }];
  return [
    ...tile(figures.promotionSeconds, 'P: time of a promotion'),
    ...tile(figures.writableWithinSeconds, `writable again: ${figures.boundSeconds} s and P`),
    ...tile(figures.restoreRtoSeconds, 'RTO of a restore with top-up'),
    ...tile(figures.restoreRpoSeconds, 'RPO of a restore with top-up'),
    ...(figures.gapSeconds ?? []).flatMap((gap, index) =>
      tile(gap, `at most without writes, ${index === 0 ? 'moving' : 'moving back'}`),
    ),
  ];
}

const sections = (report: AwsReport): readonly Section[] => [
  { heading: 'What happened', body: `<figure>${pictureOf(report)}</figure>` },
  {
    heading: 'What it was to call, and what that costs',
    body: `<ul>${costSentences(report.calls)
      .map((one) => `<li>${html(one)}</li>`)
      .join('')}</ul>`,
  },
];

function pictureOf({ lanes, beganMs, endedMs }: AwsReport): string {
  const span = { fromMs: beganMs, untilMs: Math.max(endedMs, beganMs + 1000), zeroMs: beganMs };
  return drawLanes(axisOf(span), lanes, [], 'The replica, the restore and who leads, over time');
}
