import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../lib/config/platform';
import { grafanaDashboards } from '../../lib/monitoring/dashboards/grafana';
import { readRunbook } from '../../lib/monitoring/dashboards/runbook';

/** A file that was written. */
export interface Exported {
  readonly title: string;
  readonly file: string;
}

/**
 * Writes each dashboard of a platform into a file of its own, as Grafana imports it. The folder is made if it is not
 * there; files of other names in it stay.
 */
export function exportDashboards(platform: Platform, folder: string): readonly Exported[] {
  mkdirSync(folder, { recursive: true });
  return planned(platform, folder).map(({ dashboard, title, file }) => {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(dashboard, null, 2)}\n`);
    renameSync(draft, file);
    return { title, file };
  });
}

/** @returns the files that an export would write, and writes none */
export const plannedDashboards = (platform: Platform, folder: string): readonly Exported[] =>
  planned(platform, folder).map(({ title, file }) => ({ title, file }));

const planned = (platform: Platform, folder: string) =>
  grafanaDashboards(platform, readRunbook()).map((dashboard) => ({
    dashboard,
    title: dashboard.title,
    file: join(folder, `${dashboard.uid}.json`),
  }));
