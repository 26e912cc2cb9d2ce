import { lastEpochOf } from '../leader/history';
import type { LeadershipRecord, Task } from '../leader/record';
import { attempt } from '../runtime/attempt';
import type { Clock } from '../runtime/clock';
import { HoldfastError } from '../runtime/errors';
import type { AgentSettings } from './contract';
import type { Action } from './decision';
import { nameOfAction } from './memory';
import type { World } from './ports';
import { mendReadReplicas } from './read-replicas';

/**
 * Longest time an action may take, in milliseconds; what became of it is looked at in the next turn. It must be short
 * beside a lease, because the agent renews nothing meanwhile.
 */
const ACTION_MS = 8_000;

/** The database answered that it would not: another agent was faster, or the record is not what it was. */
export class FenceRefused extends HoldfastError {
  constructor(readonly action: 'renew' | 'open' | 'close') {
    super(`The fence refused to ${action} the lease: it holds a later version.`);
  }
}

/** @throws what the call throws, `FenceRefused`, or `TimedOut`; the next turn looks again */
export async function act(
  world: World,
  action: Action,
  record: LeadershipRecord,
  settings: AgentSettings,
  clock: Clock,
): Promise<void> {
  await attempt(clock, ACTION_MS, `The action ${nameOfAction(action)}`, () =>
    perform(world, action, record, settings),
  );
}

async function perform(
  world: World,
  action: Action,
  record: LeadershipRecord,
  settings: AgentSettings,
): Promise<void> {
  switch (action.kind) {
    case 'renew':
    case 'open':
    case 'close':
      return fence(world, action);
    case 'promote':
      return managedOf(world).instance.promote();
    case 'end-sessions':
      return managedOf(world).database.endSessions();
    case 'scale-up':
      return world.fleet.scaleUp();
    case 'scale-down':
      return world.fleet.scaleDown();
    case 'task':
      return perTask(world, action.task, record, settings);
    case 'rebuild':
      return rebuild(world, action, lastEpochOf(record.history, settings.own));
  }
}

async function fence(
  world: World,
  action: Extract<Action, { readonly kind: 'renew' | 'open' | 'close' }>,
): Promise<void> {
  const { database } = managedOf(world);
  const applied =
    action.kind === 'close' ? await database.close(action.lease) : await database[action.kind](action.lease);
  if (!applied) throw new FenceRefused(action.kind);
}

async function perTask(
  world: World,
  task: Task,
  record: LeadershipRecord,
  settings: AgentSettings,
): Promise<void> {
  switch (task) {
    case 'scale-up':
      return world.fleet.scaleUp();
    case 'detach-secrets':
      return world.secrets.detach();
    case 'close-other-side':
      return world.otherSide.close();
    case 'take-base':
      return world.managed?.instance.takeBase(`base-e${record.epoch}`);
    case 'mend-read-replicas':
      if (world.managed)
        await mendReadReplicas(world.managed.rebuild, lastEpochOf(record.history, settings.own));
  }
}

async function rebuild(
  world: World,
  action: Extract<Action, { readonly kind: 'rebuild' }>,
  epochLeft: number,
): Promise<void> {
  if (action.step === 'reattach-secrets') return world.secrets.reattach();
  const recipe = managedOf(world).rebuild;
  switch (action.step) {
    case 'snapshot':
      return recipe.snapshot(epochLeft);
    case 'quarantine':
      return recipe.quarantine(epochLeft);
    case 'create-replica':
    case 'settle-replica':
      return recipe.createReplica();
    case 'delete-read-replica':
      return recipe.mendReadReplica(action.identifier, 'delete');
  }
}

function managedOf(world: World): NonNullable<World['managed']> {
  if (!world.managed) throw new Error('This platform has no managed database.');
  return world.managed;
}
