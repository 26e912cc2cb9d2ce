import { isProtected, type LeadershipRecord, type State } from '../leader/record';
import { type Mark, markOf } from './mark';
import type { Copying, FileSystem } from './ports';

/**
 * What one region does next about the shared files of one service. It is a reconciler like the region agent: what comes out
 * depends on what is, so that a crash, a second run or a late one all converge.
 *
 * - The files of the region that leads take writes, and those of the other one are their copy.
 * - Only a region itself gives its files up to be overwritten, once it sees that another one leads and that the platform is
 *   meant to be protected; EFS refuses to overwrite what was not given up. So no run that comes late can overwrite the files
 *   of a region that leads, once that region has looked at them: its first run after a move protects them. (Before it, a run
 *   of the other region that read the record before the move could still begin to copy over files that a rebuild had
 *   prepared. Nothing of a takeover waits for EFS, so this minute stays.)
 * - Before anything is overwritten there is a recovery point of it, begun after it took no more writes.
 * - A copy that was never synchronized is half old and half new. After a loss there is nothing better; after a planned move
 *   there is, where it came from, so nobody but a person makes such a copy writable.
 */

/** What was looked at. What a situation needs not is absent. */
export interface Seen {
  readonly here: FileSystem;
  readonly copying: Copying | undefined;
  /** Whether a task of the own region has mounted it; its folder is there then. */
  readonly mounted: boolean;
  /** State of the job that the mark of the present epoch names. */
  readonly save: 'running' | 'done' | 'failed' | undefined;
  /** The file system of the other region; undefined if there is none, or none was looked for. */
  readonly there: FileSystem | undefined;
}

export interface Situation {
  readonly record: LeadershipRecord;
  /** Name of the own region. */
  readonly own: string;
  /** Tasks that the service has while this region does not lead. */
  readonly standbyTasks: number;
  readonly seen: Seen;
  /** The own clock: only how long to be patient is measured by it. */
  readonly nowMs: number;
}

export type Action =
  | { readonly kind: 'end-copy'; readonly source: string }
  | { readonly kind: 'protect' }
  | { readonly kind: 'copy'; readonly to: string }
  | { readonly kind: 'give-up'; readonly mark: Mark }
  /** Of the same `after` there is one recovery point, however many runs ask for it. */
  | { readonly kind: 'save'; readonly epoch: number; readonly after: string }
  | { readonly kind: 'saved'; readonly mark: Mark };

export interface Decision {
  readonly action?: Action;
  /** For a person: what is done or waited for. */
  readonly sentence: string;
  /** Of the region that leads: whether there should be a working copy, synchronized once, and is none. */
  readonly uncopied?: boolean;
  /** Of the region that leads: that its own files take no writes. */
  readonly readOnly?: ReadOnly;
}

/** `expected`: for a time that is bounded, for the sake of what was written last. `stuck`: somebody must hear of it if it lasts. */
export type ReadOnly = 'expected' | 'stuck';

/** States in which the holder takes writes. */
const SETTLED: readonly State[] = ['SERVING', 'REBUILDING', 'PROTECTED'];
/** A planned move loses nothing that EFS brings over in this time; in milliseconds. Most copies are 15 minutes old at most. */
const PATIENCE_MS = 30 * 60_000;
const WORKING: readonly string[] = ['ENABLED', 'ENABLING'];

/** Pure: the same situation has the same outcome. */
export function decide(situation: Situation): Decision {
  const { record, own } = situation;
  const { state, holder } = record;
  if (!SETTLED.includes(state))
    return { sentence: `Nothing is changed while the lead moves: it is ${state} by ${holder}.` };
  return holder === own ? lead(situation) : follow(situation);
}

/** Whether the side that does not lead may be overwritten: at the beginning, and after a move once a person says so. */
export const mayOverwrite = (record: LeadershipRecord): boolean =>
  isProtected(record) || record.state === 'REBUILDING';

/** @returns whether a file system is the copy in a replication */
export const isCopy = ({ id }: FileSystem, copying: Copying | undefined): copying is Copying =>
  copying?.destination === id;

function lead(situation: Situation): Decision {
  const { record, seen } = situation;
  const { here, copying } = seen;
  const uncopied = isProtected(record);
  if (isCopy(here, copying)) return { readOnly: 'stuck', ...takeOver(situation, copying), uncopied };
  if (here.protection === 'REPLICATING')
    return { sentence: 'The files are about to take writes here.', uncopied, readOnly: 'stuck' };
  if (here.protection === 'DISABLED')
    return {
      action: { kind: 'protect' },
      sentence: 'This region leads: its files are protected again and take writes.',
      uncopied,
      readOnly: 'stuck',
    };
  if (copying) return copied(copying, uncopied);
  if (!mayOverwrite(record))
    return {
      sentence:
        'The other region was left and its files are kept as they were: npx holdfast failback copies to it again.',
    };
  return { ...beginCopy(situation), uncopied };
}

/** Of files that are a copy, in the region that leads now. */
function takeOver({ record, own, nowMs }: Situation, { source, status, syncedMs }: Copying): Decision {
  if (status === 'DELETING') return { sentence: 'The copy here is being made writable.' };
  const planned = ['switchover', 'application-outage'].includes(record.history.at(-1)?.reason ?? '');
  if (planned && syncedMs === undefined)
    return {
      sentence: `The files are read only: they were not copied whole before the lead moved, and EFS goes on. To take them as they are: aws efs delete-replication-configuration --source-file-system-id ${source} --region ${own}`,
    };
  const servingMs = record.servingSince === null ? undefined : Date.parse(record.servingSince);
  const isWhole = servingMs === undefined || (syncedMs ?? 0) >= servingMs;
  if (planned && !isWhole && nowMs - servingMs < PATIENCE_MS)
    return {
      sentence: 'The files are read only until what the other region wrote last is here.',
      readOnly: 'expected',
    };
  return {
    action: { kind: 'end-copy', source },
    sentence: `This region leads: its copy of ${source} becomes writable.`,
  };
}

const copied = ({ destination, status, syncedMs }: Copying, uncopied: boolean): Decision => ({
  sentence: `The files are copied to ${destination}: ${status}, ${
    syncedMs === undefined ? 'not synchronized yet' : `last synchronized ${new Date(syncedMs).toISOString()}`
  }.`,
  uncopied: uncopied && (!WORKING.includes(status) || syncedMs === undefined),
});

function beginCopy({ record, seen: { mounted, there } }: Situation): Decision {
  if (!mounted) return { sentence: 'No task has mounted the files here yet: there is nothing to copy.' };
  if (!there) return { sentence: 'The other region has no file system for them yet.' };
  if (there.protection !== 'DISABLED' || markOf(there.mark, record.epoch)?.step !== 'saved')
    return { sentence: `${there.id} in the other region is not ready to be overwritten yet.` };
  return {
    action: { kind: 'copy', to: there.id },
    sentence: `${there.id} in the other region becomes the copy of the files here.`,
  };
}

function follow(situation: Situation): Decision {
  const { record, own, seen, standbyTasks, nowMs } = situation;
  const { here, copying, mounted } = seen;
  if (isCopy(here, copying)) return { sentence: `The files in ${own} are the copy of ${copying.source}.` };
  if (copying)
    return {
      sentence: `${record.holder} leads and has not taken the files over yet: they are copied from here.`,
    };
  if (here.protection === 'REPLICATING')
    return { sentence: 'EFS is about to change what the files here are.' };
  if (!mayOverwrite(record))
    return { sentence: `${own} was left: its files are kept as they were until npx holdfast failback.` };
  if (here.protection === 'DISABLED') return save(situation);
  // The copy takes no writes: a first task could not make its folder in it.
  if (standbyTasks > 0 && !mounted)
    return {
      sentence: `The files in ${own} are given up once a task has mounted them and so made their folder.`,
    };
  return {
    action: { kind: 'give-up', mark: { step: 'given', epoch: record.epoch, by: String(nowMs) } },
    sentence: `${record.holder} leads: the files in ${own} take no more writes and become its copy.`,
  };
}

function save({ record, own, seen, nowMs }: Situation): Decision {
  const { epoch } = record;
  const mark = markOf(seen.here.mark, epoch);
  const job = `The files in ${own} are saved by the job ${mark?.by}`;
  if (mark?.step === 'saved') return { sentence: `${job} and wait to be overwritten.` };
  if (mark?.step === 'saving' && seen.save === 'done')
    return {
      action: { kind: 'saved', mark: { ...mark, step: 'saved' } },
      sentence: `${job}: they may be overwritten.`,
    };
  if (mark?.step === 'saving' && seen.save !== 'failed')
    return { sentence: `${job}, which has not ended yet.` };
  return {
    action: { kind: 'save', epoch, after: mark?.by ?? String(nowMs) },
    sentence: `The files in ${own} are saved before they are overwritten.`,
  };
}
