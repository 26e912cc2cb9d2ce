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
  return grafanaDashboards(platform, readRunbook()).map((dashboard) => {
    const file = join(folder, `${dashboard.uid}.json`);
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(dashboard, null, 2)}\n`);
    renameSync(draft, file);
    return { title: dashboard.title, file };
  });
}
