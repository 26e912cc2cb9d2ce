import type { LeadershipRecord } from '../../../lambda/leader/record';
import { FAULTS } from '../faults';
import type { Fault } from '../faults/fault';
import { type Outcome, runHistory } from '../history/run';
import { rhythmOf, type Script } from '../history/script';
import { tell } from '../history/story';
import type { Observer } from '../world/observer';
import { HOME, type Place, type SideName, STANDBY } from '../world/places';
import type { Beginning, Simulation } from '../world/simulation';

/** Incidents that were thought of, on the same world as the seeds and with the same invariants checked after each step. */

export { HOME, SIDES, STANDBY, WITNESS } from '../world/places';

/** One fault of an incident; in seconds. */
export function fault(
  kind: string,
  at: number,
  rest: { readonly lasts?: number; readonly where?: Place; readonly to?: Place; readonly size?: number } = {},
): Fault {
  const of = FAULTS[kind];
  if (!of) throw new RangeError(`There is no fault "${kind}".`);
  const { lasts = 1, where = of.places[0] ?? HOME, to = STANDBY, size = of.size?.[1] ?? 1 } = rest;
  return { kind, atMs: at * 1000, forMs: lasts * 1000, where, to, size };
}

export const FOR_GOOD = Number.POSITIVE_INFINITY;

export const SETTINGS: Beginning['settings'] = {
  leaseSeconds: 60,
  enforceSeconds: 5,
  marginSeconds: 5,
  pollSeconds: 5,
  lagGateSeconds: 60,
  databaseOutageSeconds: 150,
  minimumSecondsBetweenMoves: 3600,
  failOverOnApplicationOutage: false,
};

export interface Plan extends Partial<Pick<Beginning, 'firstDeployment' | 'rhythm'>> {
  readonly seed?: number;
  readonly settings?: Partial<Beginning['settings']>;
  readonly promotionSeconds?: number;
  /** It goes on at least so long. */
  readonly seconds?: number;
  readonly faults: readonly Fault[];
}

/** What can be said of an incident when it is over; times in seconds. */
export interface Incident {
  readonly outcome: Outcome;
  readonly record: LeadershipRecord;
  /** Every change of state or holder: `SERVING us-east-1 1`. */
  readonly states: readonly string[];
  readonly pages: readonly string[];
  readonly sentences: readonly string[];
  readonly signals: ReadonlySet<string>;
  readonly simulation: Simulation;
  /** When the first, and the last, commit happened there; undefined if there was none. */
  firstCommit(side: SideName): number | undefined;
  lastCommit(side: SideName): number | undefined;
  /** When the record first was in that state. */
  when(state: LeadershipRecord['state']): number | undefined;
}

class Notes implements Observer {
  readonly states: {
    readonly state: LeadershipRecord['state'];
    readonly text: string;
    readonly at: number;
  }[] = [];
  readonly pages: string[] = [];
  readonly sentences: string[] = [];
  readonly signals = new Set<string>();
  simulation: Simulation | undefined;

  recordWritten({ state, holder, epoch }: LeadershipRecord): void {
    const text = `${state} ${holder} ${epoch}`;
    const at = (this.simulation?.scheduler.now ?? 0) / 1000;
    if (this.states.at(-1)?.text !== text) this.states.push({ state, text, at });
  }

  paged(_region: SideName, sentence: string): void {
    this.pages.push(sentence);
  }

  turned(_region: SideName, _host: string, turn: Parameters<NonNullable<Observer['turned']>>[2]): void {
    this.sentences.push(turn.sentence);
    for (const signal of turn.signals) this.signals.add(signal);
    if (turn.failures.length > 0) this.signals.add('failures');
  }
}

/**
 * Lets an incident happen.
 * @throws {Error} with the whole story if it breaks an invariant
 */
export async function incident({
  seed = 1,
  settings,
  promotionSeconds = 60,
  seconds = 0,
  faults,
  ...rest
}: Plan): Promise<Incident> {
  const script: Script = {
    theme: 'chaos',
    beginning: {
      seed,
      settings: { ...SETTINGS, ...settings },
      rhythm: rhythmOf({ ...SETTINGS, ...settings }),
      durations: {
        promotionMs: promotionSeconds * 1000,
        renameMs: 20_000,
        snapshotMs: 20_000,
        creationMs: 40_000,
      },
      firstDeployment: false,
      ...rest,
    },
    faults: [...faults].sort((a, b) => a.atMs - b.atMs),
    leastMs: seconds * 1000,
  };
  const notes = new Notes();
  const outcome = await runHistory(
    script,
    {
      patch: (simulation) => {
        notes.simulation = simulation;
      },
    },
    notes,
  );
  const { simulation } = notes;
  if (outcome.violation || !simulation?.table.record) {
    throw new Error([outcome.violation?.sentence, ...(await tell(script))].join('\n'));
  }
  const commits = (side: SideName): number[] =>
    simulation.commits.flatMap(({ region, atMs }) => (region === side ? [atMs / 1000] : []));
  return {
    outcome,
    record: simulation.table.record,
    states: notes.states.map(({ text }) => text),
    pages: notes.pages,
    sentences: notes.sentences,
    signals: notes.signals,
    simulation,
    firstCommit: (side) => commits(side)[0],
    lastCommit: (side) => commits(side).at(-1),
    when: (state) => notes.states.find((one) => one.state === state)?.at,
  };
}
