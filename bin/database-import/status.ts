import type { Ended } from '../recover/telling';
import type { ImportWork } from './ports';
import { progressOf, progressSentence } from './progress';
import { type Stage, stageOf, stateOf } from './state';

const NEXT: Readonly<Record<Stage, string>> = {
  nothing: 'No import is under way. Next: npx holdfast database import prepare.',
  prepared: 'The schema is there and locked; nothing is copied yet. Next: follow.',
  following:
    'The new server copies and follows. Next: follow until it is near, then cutover; back-out takes it back.',
  'left over':
    'The old server has publication or slot of an import that the new database knows nothing of: it was cut over and the old database is not read-only any more, or --platform names another database.',
  'cutting over':
    'The old server refuses writes and the new one does not take them yet: a cut-over was interrupted. Next: cutover to end it, or back-out.',
  'cut over':
    'The new server takes the writes; the old one is read-only. verify compares them, back-out goes back.',
  'backing out': 'A way back was interrupted: neither server takes writes. Next: back-out, to end it.',
  'backed out': 'The old server takes the writes again, and the new database keeps its rows, locked.',
};

/** Where the import stands and what comes next; nothing is changed. */
export async function status({ source, target, tell }: ImportWork): Promise<Ended> {
  const state = await stateOf(source, target);
  const stage = stageOf(state);
  const progress = state.target.subscription ? await progressOf(target, state) : undefined;
  if (progress) {
    for (const { table, state: is, rows } of progress.tables) {
      tell(`${table} ${is}${is === 'is copied' ? `: ${rows} rows so far` : ''}`);
    }
  }
  return {
    outcome: 'done',
    sentences: [NEXT[stage], ...(progress ? [progressSentence(progress)] : [])],
    result: { stage, ...state, ...(progress ? { progress } : {}) },
  };
}
