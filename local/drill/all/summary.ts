import { headline } from '../../../lib/drill/verdict';
import { renderTable } from '../../report';
import type { DrillReport } from '../model';

/** Of a drill's report, what the table shows. */
export type Outcome = Pick<
  DrillReport,
  'platform' | 'scenario' | 'verdict' | 'expectations' | 'account' | 'figures' | 'troubleMs' | 'writableMs'
>;

/** A scenario of a platform; without a report it was not played to its end. */
export interface Played {
  readonly platform: string;
  readonly scenario: string;
  readonly report?: Outcome;
}

const seconds = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} s`);

/** Times count from the trouble: until a database took writes, what that may take, until a client's write was taken. */
function row({ platform, scenario, report }: Played): Record<string, string | number> {
  if (!report) return { platform, scenario, verdict: 'NOT PLAYED' };
  const { account, figures, troubleMs, writableMs } = report;
  const { boundSeconds, promotionSeconds = 0 } = figures;
  const tookMs = troubleMs === undefined || writableMs === undefined ? undefined : writableMs - troubleMs;
  return {
    platform,
    scenario,
    verdict: report.verdict === 'passed' ? 'passed' : 'FAILED',
    writable: seconds(tookMs === undefined ? undefined : tookMs / 1000),
    bound: seconds(boundSeconds === undefined ? undefined : boundSeconds + promotionSeconds),
    clients: seconds(figures.rtoSeconds),
    rpo: seconds(figures.rpoSeconds),
    writes: account.acknowledged,
    missing: account.acknowledged - account.present,
    unexplained: account.unexplained,
    doubled: account.doubled,
  };
}

export const allPassed = (played: readonly Played[]): boolean =>
  played.length > 0 && played.every(({ report }) => report?.verdict === 'passed');

/** A row for each drill, and a sentence for each that did not pass. */
export function summary(played: readonly Played[]): string {
  const failed = played.filter(({ report }) => report?.verdict !== 'passed');
  const sentences = failed.map(({ platform, scenario, report }) =>
    report ? headline(report) : `${platform} was not drilled by ${scenario}: see above why.`,
  );
  const verdict =
    failed.length === 0
      ? `ok: ${played.length} of ${played.length} drills passed.`
      : `failed: ${failed.length} of ${played.length} drills did not pass.`;
  return [renderTable(played.map(row)), '', ...sentences, verdict].join('\n');
}
