import { filledIn } from '../../bin/dashboards/filled-in';
import { type Answered, type Prometheus, prometheusOver } from '../../bin/dashboards/prometheus';
import { DAY_MINUTES, MIDNIGHT } from '../../bin/dashboards/sample/day';
import { sampleTexts } from '../../bin/dashboards/sample/open-metrics';
import type { Platform } from '../../lib/config/platform';
import { dashboardsOf } from '../../lib/monitoring/dashboards';
import { type Panel, panelsOf } from '../../lib/monitoring/dashboards/panel';

const STEP_SECONDS = 600;
/** A share beyond this is a mistake of a hundred, not a busy machine. */
const SHARE_MAX = 2;

/**
 * Asks a real Prometheus, over the samples of a day with a failover, everything that the panels of a platform ask.
 * @returns what no panel may do: be refused, show nothing all day, name series by labels that they lack, show a value
 *   that has no name, or a share of more than the whole
 */
export async function dashboardProblems({
  platform,
}: {
  readonly platform: Platform;
}): Promise<readonly string[]> {
  const prometheus = await prometheusOver(sampleTexts(platform));
  try {
    const problems: string[] = [];
    for (const dashboard of dashboardsOf(platform)) {
      for (const panel of panelsOf(dashboard)) {
        const found = await problemsOf(prometheus, panel);
        problems.push(...found.map((problem) => `${dashboard.name}/${panel.slug}: ${problem}`));
      }
    }
    return problems;
  } finally {
    await prometheus.stop();
  }
}

async function problemsOf(prometheus: Prometheus, panel: Panel): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { expression, legend } of panel.queries) {
    try {
      const to = MIDNIGHT + DAY_MINUTES * 60;
      const series = await prometheus.over(filledIn(expression), MIDNIGHT, to, STEP_SECONDS);
      problems.push(...wrongWith(panel, legend, series).map((problem) => `${problem}: ${expression}`));
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : String(error)}: ${expression}`);
    }
  }
  return problems;
}

function wrongWith(
  { view, unit, states }: Panel,
  legend: string,
  series: readonly Answered[],
): readonly string[] {
  const values = series.flatMap((one) => one.values.map(([, value]) => value)).filter(Number.isFinite);
  if (values.length === 0) return ['shows nothing all day'];
  const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
  const lacking = named.filter((label) => series.some(({ labels }) => !labels[label]));
  const legends = series.map(({ labels }) => named.map((label) => labels[label]).join(' '));
  return [
    ...lacking.map((label) => `some series have no label ${label}`),
    ...(view !== 'table' && new Set(legends).size < legends.length
      ? [`several series are called ${legend}`]
      : []),
    ...(states && values.some((value) => !(value in states)) ? ['has a value without a name'] : []),
    ...(unit === 'percentunit' && values.some((value) => value > SHARE_MAX)
      ? ['is more than the whole']
      : []),
  ];
}
