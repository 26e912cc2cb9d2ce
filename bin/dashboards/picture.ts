import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadPlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { dashboardsOf } from '../../lib/monitoring/dashboards';
import { stepsOf } from '../../lib/monitoring/dashboards/bounds';
import { placed } from '../../lib/monitoring/dashboards/layout';
import { type Dashboard, panelsOf } from '../../lib/monitoring/dashboards/panel';
import { dataOf, type Span } from './draw/data';
import { drawPage } from './draw/page';
import type { Drawn } from './draw/panels';
import { type Prometheus, prometheusOver } from './prometheus';
import { MIDNIGHT } from './sample/day';
import { sampleTexts } from './sample/open-metrics';

/**
 * Draws the overview of a platform as it would look on the sample day, an hour after a region was lost. The values come
 * from a real Prometheus, by the expressions of the panels; only the drawing is our own.
 */
const ROOT = resolve(__dirname, '../..');
const PLATFORM = 'ops-center';
/** The region that is left: of the other one there is only what each region reads of its peer. */
const SEEN_FROM = 'standby';
const FILE = join('docs', 'overview-dashboard.svg');
const minutes = (hours: number, more: number): number => MIDNIGHT + 60 * (60 * hours + more);
const SPAN: Span = { from: minutes(12, 0), to: minutes(15, 20), step: 120 };
const CAPTION =
  "Drawn by Holdfast's own renderer, not by Grafana, from sample data: the home region is lost at 14:07, the lead moves at the dashed line.";

async function main(): Promise<void> {
  const platform = loadPlatform(PLATFORM, { root: ROOT });
  const [overview] = dashboardsOf(platform);
  if (!overview) throw new Error(`${PLATFORM} has no dashboards.`);
  const prometheus = await prometheusOver(sampleTexts(platform, SEEN_FROM));
  try {
    const svg = await pictureOf(platform, overview, prometheus);
    writeFileSync(join(ROOT, FILE), svg);
    process.stdout.write(`Wrote ${FILE}.\n`);
  } finally {
    await prometheus.stop();
  }
}

async function pictureOf(platform: Platform, dashboard: Dashboard, prometheus: Prometheus): Promise<string> {
  const moved = await movesOf(prometheus);
  const drawn = new Map<string, Drawn>();
  for (const panel of panelsOf(dashboard)) {
    const series = await dataOf(prometheus, panel, SPAN);
    const steps = stepsOf(platform, dashboard.name, panel);
    drawn.set(panel.slug, { panel, steps, series, span: SPAN, moved });
  }
  return drawPage({
    title: `${platform.name}: ${dashboard.title}, seen from ${platform.regions[SEEN_FROM].name}`,
    rows: placed(dashboard.rows),
    dataOf(slug) {
      const found = drawn.get(slug);
      if (!found) throw new Error(`There are no data of the panel ${slug}.`);
      return found;
    },
    span: SPAN,
    caption: CAPTION,
  });
}

/** Moments at which the epoch has grown. */
async function movesOf(prometheus: Prometheus): Promise<readonly number[]> {
  const [epoch] = await prometheus.over('max(aws_holdfast_epoch_maximum)', SPAN.from, SPAN.to, SPAN.step);
  const values = epoch?.values ?? [];
  return values.flatMap(([time, value], index) => (value > (values[index - 1]?.[1] ?? value) ? [time] : []));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
