import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { DrillReport } from '../model';
import { renderPage } from './page';

interface Places {
  readonly report: string;
  readonly json?: string;
}

/** Makes the folders of a report's files, before minutes are spent on what they are to tell. @throws if it may not */
export function makeFolders({ report, json }: Places): void {
  for (const file of json === undefined ? [report] : [report, json])
    mkdirSync(dirname(file), { recursive: true });
}

/**
 * Writes a report as a page and, if wanted, as JSON.
 * @param several whether the command runs more than one scenario: then the name of each is in its files' names
 * @returns the files
 */
export function writeReport(
  report: DrillReport,
  { report: page, json, scenarios }: Places & { readonly scenarios: readonly unknown[] },
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
