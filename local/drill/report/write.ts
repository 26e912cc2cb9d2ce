import { writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { DrillReport } from '../model';
import { renderPage } from './page';

/**
 * Writes a report as a page and, if wanted, as JSON.
 * @param several whether the command runs more than one scenario: then the name of each is in its files' names
 * @returns the files
 */
export function writeReport(
  report: DrillReport,
  {
    report: page,
    json,
    scenarios,
  }: { readonly report: string; readonly json?: string; readonly scenarios: readonly unknown[] },
): string[] {
  const place = (file: string): string => (scenarios.length > 1 ? named(file, report.scenario) : file);
  const files: string[] = [place(page)];
  writeFileSync(place(page), renderPage(report));
  if (json !== undefined) {
    files.push(place(json));
    writeFileSync(place(json), `${JSON.stringify(report, undefined, 2)}\n`);
  }
  return files;
}

/** `drill-report.html` -> `drill-report-partition.html` */
function named(file: string, scenario: string): string {
  const ending = extname(file);
  return join(dirname(file), `${basename(file, ending)}-${scenario}${ending}`);
}
