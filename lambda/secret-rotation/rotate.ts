import type { Log } from '../runtime/log';
import { type Fields, parseFields } from '../runtime/secret-fields';
import { RotationRefused } from './errors';
import type { SecretStore } from './ports';

/**
 * The four steps of Secrets Manager. It calls them in order, may call each again after any failure, and may go on
 * with an older version of this function. So each step first looks whether its work is done. The current value keeps
 * working until the last step, and a rotation that fails in between changes nothing for its readers.
 */

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof STEPS)[number];

/** What Secrets Manager sends. */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** How the value of one kind of secret is made, put into force and tried. */
export interface Rotation {
  next(current: Fields): Fields;
  /** Puts the pending value into force beside the current one; may be repeated. */
  set(pending: Fields, current: Fields): Promise<void>;
  /** @throws if the pending value does not work */
  test(pending: Fields): Promise<void>;
}

/**
 * @returns whether the rotation is finished, so that its readers are to be started anew: true for its last step, and also
 *   when that is repeated, because the call before may have died after it made the version the current one
 * @throws {RotationRefused} if the versions' stages are not those of a rotation under way
 */
export async function rotate(
  event: RotationEvent,
  store: SecretStore,
  rotation: Rotation,
  log: Log,
): Promise<boolean> {
  const { SecretId: id, ClientRequestToken: version } = event;
  const step = STEPS.find((one) => one === event.Step);
  if (!step) throw new RotationRefused(id, `there is no step ${JSON.stringify(event.Step)}`);
  const { rotationEnabled, versions } = await store.describe(id);
  if (!rotationEnabled) throw new RotationRefused(id, 'its rotation is not enabled');
  const stages = versions[version];
  if (!stages) throw new RotationRefused(id, `it has no version ${version}`);
  if (stages.includes('AWSCURRENT')) {
    log('rotation-step', { secret: id, step, done: 'before: the version is the current one' });
    return step === 'finishSecret';
  }
  if (!stages.includes('AWSPENDING'))
    throw new RotationRefused(id, `the version ${version} is not the pending one`);
  await run(step, id, version, versions, store, rotation);
  log('rotation-step', { secret: id, step, done: 'now' });
  return step === 'finishSecret';
}

async function run(
  step: Step,
  id: string,
  version: string,
  versions: Readonly<Record<string, readonly string[]>>,
  store: SecretStore,
  rotation: Rotation,
): Promise<void> {
  switch (step) {
    case 'createSecret': {
      const current = await currentFields(id, store);
      const made = await store.read(id, 'AWSPENDING', version);
      // Whoever made it may have put it into force already.
      if (made === undefined) await store.writePending(id, version, JSON.stringify(rotation.next(current)));
      return;
    }
    case 'setSecret':
      return rotation.set(await pendingFields(id, version, store), await currentFields(id, store));
    case 'testSecret':
      return rotation.test(await pendingFields(id, version, store));
    case 'finishSecret': {
      const current = Object.keys(versions).find((one) => versions[one]?.includes('AWSCURRENT'));
      if (current === undefined) throw new RotationRefused(id, 'it has no current version');
      // A version without a value must never become the current one.
      await pendingFields(id, version, store);
      return store.promote(id, version, current);
    }
  }
}

async function currentFields(id: string, store: SecretStore): Promise<Fields> {
  const value = await store.read(id, 'AWSCURRENT');
  if (value === undefined) throw new RotationRefused(id, 'it has no current value');
  return parseFields(id, value);
}

async function pendingFields(id: string, version: string, store: SecretStore): Promise<Fields> {
  const value = await store.read(id, 'AWSPENDING', version);
  if (value === undefined) throw new RotationRefused(id, `its pending version ${version} has no value yet`);
  return parseFields(id, value);
}
