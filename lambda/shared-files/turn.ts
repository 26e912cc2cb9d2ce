import type { LeadershipRecord } from '../leader/record';
import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Log } from '../runtime/log';
import type { FilesSettings, FolderSettings } from './contract';
import { type Action, type Decision, decide, mayOverwrite, type Seen } from './decide';
import { markOf, textOf } from './mark';
import type { World } from './ports';

/** Numbers of services, as the region that leads reports them. */
export interface Counts {
  /** Without a working copy in the other region, though the platform is protected. */
  readonly uncopied: number;
  /** Whose files take no writes where they should, and nothing bounds for how long. */
  readonly readOnly: number;
}

/** The files of some services could not be looked after; the others were. */
export class NotLookedAfter extends HoldfastError {
  constructor(
    /** Name of the service -> what happened. */
    readonly failures: ReadonlyMap<string, unknown>,
  ) {
    const details = [...failures].map(([service, error]) => `${service}: ${sentenceOf(error)}`).join(' ');
    super(`The shared files of ${failures.size} services could not be looked after. ${details}`);
  }
}

/**
 * One look at the shared files of every service, and at most one action for each.
 * @param count hears for how many services something is wrong, if this region leads
 * @throws {NotLookedAfter} after all were tried; whatever the leadership table throws if no region of it answers
 */
export async function turn(
  world: World,
  settings: FilesSettings,
  {
    clock,
    log,
    count,
  }: { readonly clock: Clock; readonly log: Log; readonly count: (counts: Counts) => void },
): Promise<void> {
  const record = await world.leadership.read();
  if (!record) {
    log('shared-files', { sentence: 'Nothing is done: the leadership table holds no record yet.' });
    return;
  }
  const failures = new Map<string, unknown>();
  let [uncopied, readOnly] = [0, 0];
  for (const folder of settings.folders) {
    try {
      const decision = await consider(world, settings, folder, record, clock);
      // Before anything is done: what fails here would leave them read only.
      if (decision.readOnly === 'stuck') readOnly += 1;
      if (decision.action) await perform(world, folder, decision.action);
      log('shared-files', { service: folder.service, epoch: record.epoch, ...decision });
      if (decision.uncopied) uncopied += 1;
    } catch (error) {
      // What nobody could look at counts as missing, or an outage of EFS would look like health.
      uncopied += 1;
      failures.set(folder.service, error);
    }
  }
  if (record.holder === settings.own) count({ uncopied, readOnly });
  if (failures.size > 0) throw new NotLookedAfter(failures);
}

async function consider(
  world: World,
  settings: FilesSettings,
  folder: FolderSettings,
  record: LeadershipRecord,
  clock: Clock,
): Promise<Decision> {
  return decide({
    record,
    own: settings.own,
    standbyTasks: folder.standbyTasks,
    seen: await observe(world, settings, folder, record),
    nowMs: clock.now(),
  });
}

/** Looks at what a decision may need, and at nothing else. */
async function observe(
  { files, otherFiles, saves, tasks }: World,
  { own }: FilesSettings,
  { service, fileSystem, parameter }: FolderSettings,
  record: LeadershipRecord,
): Promise<Seen> {
  const { copying, ...here } = await files.look(fileSystem);
  const leads = record.holder === own;
  const isFree = copying === undefined && mayOverwrite(record);
  const isOpen = isFree && here.protection === 'ENABLED';
  const mark = leads ? undefined : markOf(here.mark, record.epoch);
  return {
    here,
    copying,
    mounted: isOpen && (await tasks.mounted(service, fileSystem)),
    save: isFree && mark?.step === 'saving' ? await saves.state(mark.by) : undefined,
    there: isOpen && leads ? await otherFiles.look(parameter) : undefined,
  };
}

async function perform(
  { files, saves }: World,
  { fileSystem }: FolderSettings,
  action: Action,
): Promise<void> {
  switch (action.kind) {
    case 'end-copy':
      return files.endCopy(action.source);
    case 'protect':
      return files.protect(fileSystem, 'ENABLED');
    case 'copy':
      return files.copy(fileSystem, action.to);
    case 'give-up':
      // In this order: what an older mark says was saved does not hold what was written since.
      await files.mark(fileSystem, textOf(action.mark));
      return files.protect(fileSystem, 'DISABLED');
    case 'saved':
      return files.mark(fileSystem, textOf(action.mark));
    case 'save': {
      const { epoch, after } = action;
      // A run that crashed before it wrote the mark down gets the same job again.
      const job = await saves.begin(fileSystem, [fileSystem, epoch, after].join('-'));
      return files.mark(fileSystem, textOf({ step: 'saving', epoch, by: job }));
    }
  }
}
