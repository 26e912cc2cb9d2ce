import { renderTable } from '../../report';
import type { DrillReport } from '../model';

/** Of a drill's report, what is compared. */
export type Outcome = Pick<DrillReport, 'scenario' | 'verdict' | 'expectations'>;

/** What a run has left behind. */
export interface LeftOver {
  /** Each with its number and its command. */
  readonly processes: readonly string[];
  /** On which these listen. */
  readonly ports: readonly number[];
  /** In the folder for temporary files. */
  readonly files: readonly string[];
}

/** Modules that tsx has compiled, by user: kept for whatever starts next, and no drill's. */
const COMPILED = /^tsx-\d+$/;

/** @returns of the names in a folder for temporary files, those that a drill left there, in order */
export const filesLeft = (names: readonly string[]): string[] =>
  names.filter((name) => !COMPILED.test(name)).sort();

export interface Run {
  readonly number: number;
  readonly exitStatus: number;
  readonly seconds: number;
  /** Of the scenarios that were played to their end, in their order. */
  readonly outcomes: readonly Outcome[];
  readonly left: LeftOver;
}

export interface Comparison {
  readonly runs: readonly Run[];
  /** What differs, and what was left; one sentence each. */
  readonly problems: readonly string[];
  readonly verdict: 'passed' | 'failed';
}

/** What a run ended with, in words that are the same for two that ended the same. */
const endOf = ({ exitStatus, outcomes }: Run): string =>
  [
    `exit status ${exitStatus}`,
    ...outcomes.map(({ scenario, expectations }) => {
      const broken = expectations.filter(({ held }) => !held).map(({ name }) => name);
      const held = `${expectations.length - broken.length} of ${expectations.length} held`;
      return `${scenario}: ${held}${broken.length > 0 ? `, broken: ${broken.join('; ')}` : ''}`;
    }),
  ].join(', ');

/** @returns whether every run passed, ended as the first one did, and left nothing */
export function compare(runs: readonly Run[]): Comparison {
  const [first] = runs;
  const problems = runs.flatMap((run) => {
    const { number, exitStatus, left } = run;
    const of = (what: string, found: readonly (string | number)[]): string[] =>
      found.length === 0 ? [] : [`Run ${number} left ${what}: ${found.join(', ')}.`];
    return [
      ...(exitStatus === 0 ? [] : [`Run ${number} did not pass: ${endOf(run)}.`]),
      ...(first && endOf(run) !== endOf(first)
        ? [`Run ${number} did not end as the first one, ${endOf(first)}: ${endOf(run)}.`]
        : []),
      ...of('processes', left.processes),
      ...of('ports', left.ports),
      ...of('files', left.files),
    ];
  });
  return { runs, problems, verdict: runs.length > 0 && problems.length === 0 ? 'passed' : 'failed' };
}

/** A row for each run, and a sentence for each problem. */
export function summary({ runs, problems, verdict }: Comparison): string {
  const rows = runs.map(({ number, exitStatus, seconds, outcomes, left }) => ({
    run: number,
    verdict: exitStatus === 0 ? 'passed' : 'FAILED',
    held: outcomes.flatMap(({ expectations }) => expectations).filter(({ held }) => held).length,
    broken: outcomes.flatMap(({ expectations }) => expectations).filter(({ held }) => !held).length,
    seconds: Math.round(seconds),
    processesLeft: left.processes.length,
    portsLeft: left.ports.length,
    filesLeft: left.files.length,
  }));
  const end =
    verdict === 'passed'
      ? `ok: ${runs.length} runs passed, ended the same and left nothing.`
      : `failed: ${problems.length} problems in ${runs.length} runs.`;
  return [renderTable(rows), '', ...problems, end].join('\n');
}
