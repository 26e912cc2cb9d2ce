import type { Surroundings } from '../command-line';
import { readDrillOptions } from './options';

/** A drill that is run in a process of its own, and where it leaves what it found. */
export interface PlannedDrill {
  /** Of `npm run drill`. */
  readonly args: readonly string[];
  /** JSON files of its scenarios, in the order in which they are played. */
  readonly reports: readonly { readonly scenario: string; readonly json: string }[];
}

/**
 * @param shared arguments of the drill without its reports
 * @param stem path of its reports without the ending
 * @throws UsageError, and PlatformFileError, for what the drill itself would refuse
 */
export function plannedDrill(shared: readonly string[], stem: string, around: Surroundings): PlannedDrill {
  const args = [...shared, '--report', `${stem}.html`, '--json', `${stem}.json`];
  const { scenarios } = readDrillOptions(args, around);
  const reports = scenarios.map(({ name: scenario }) => ({
    scenario,
    // As `writeReport` names them.
    json: scenarios.length > 1 ? `${stem}-${scenario}.json` : `${stem}.json`,
  }));
  return { args, reports };
}
