import { describe, expect, it } from '@jest/globals';
import { act, FenceRefused } from '../../../lambda/region-agent/act';
import type { Action } from '../../../lambda/region-agent/decision';
import { TimedOut } from '../../../lambda/runtime/errors';
import { FakeClock } from '../../support/fake-clock';
import { type Call, FakeWorld } from './support/fake-world';
import { HOME, recordAfter } from './support/records';
import { SETTINGS } from './support/situation';

const LEASE = { epoch: 3, version: 7, limitMs: 9_000 };
/** Home led epoch 1 and leads epoch 3. */
const RECORD = recordAfter(['takeover', 'switchover']);
const perform = (fake: FakeWorld, action: Action) =>
  act(fake.world, action, RECORD, SETTINGS, new FakeClock());

describe('an action', () => {
  const each: readonly (readonly [Action, Call, ...unknown[]])[] = [
    [{ kind: 'renew', lease: LEASE }, 'database.renew', LEASE],
    [{ kind: 'open', lease: LEASE }, 'database.open', LEASE],
    [{ kind: 'close', lease: { epoch: 3, version: 7 } }, 'database.close', { epoch: 3, version: 7 }],
    [{ kind: 'promote' }, 'instance.promote'],
    [{ kind: 'scale-up' }, 'fleet.scaleUp'],
    [{ kind: 'scale-down' }, 'fleet.scaleDown'],
    [{ kind: 'task', task: 'scale-up' }, 'fleet.scaleUp'],
    [{ kind: 'task', task: 'detach-secrets' }, 'secrets.detach'],
    [{ kind: 'task', task: 'close-other-side' }, 'otherSide.close'],
    [{ kind: 'task', task: 'take-base' }, 'instance.takeBase', 'base-e3'],
    [{ kind: 'task', task: 'mend-read-replicas' }, 'rebuild.observe', 3],
    [{ kind: 'rebuild', step: 'snapshot' }, 'rebuild.snapshot', 3],
    [{ kind: 'rebuild', step: 'quarantine' }, 'rebuild.quarantine', 3],
    [{ kind: 'rebuild', step: 'create-replica' }, 'rebuild.createReplica'],
    [{ kind: 'rebuild', step: 'settle-replica' }, 'rebuild.createReplica'],
    [{ kind: 'rebuild', step: 'reattach-secrets' }, 'secrets.reattach'],
    [
      { kind: 'rebuild', step: 'delete-read-replica', identifier: 'r' },
      'rebuild.mendReadReplica',
      'r',
      'delete',
    ],
  ];

  it.each(each)('%j is one call', async (action, call, ...given) => {
    const fake = new FakeWorld();
    await perform(fake, action);
    expect(fake.calls).toEqual([{ call, with: given }]);
  });

  it.each(['renew', 'open', 'close'] as const)('%s that the fence refuses is a failure', async (kind) => {
    const fake = new FakeWorld();
    fake.willing = false;
    await expect(perform(fake, { kind, lease: LEASE })).rejects.toThrow(new FenceRefused(kind));
  });

  it('that hangs is given up after 8 s', async () => {
    const fake = new FakeWorld();
    fake.hang('instance.promote');
    const clock = new FakeClock();
    const acting = clock.run(act(fake.world, { kind: 'promote' }, RECORD, SETTINGS, clock));
    await expect(acting).rejects.toThrow(new TimedOut('The action promote', 8_000));
  });

  it('takes no base and makes no copies where there is no database, and refuses what needs one', async () => {
    const fake = new FakeWorld();
    fake.managed = false;
    await perform(fake, { kind: 'task', task: 'take-base' });
    await perform(fake, { kind: 'task', task: 'mend-read-replicas' });
    await perform(fake, { kind: 'rebuild', step: 'reattach-secrets' });
    await expect(perform(fake, { kind: 'promote' })).rejects.toThrow('has no managed database');
    expect(fake.deeds).toEqual(['secrets.reattach']);
  });

  it('names what was left by the epoch in which this region led last', async () => {
    const fake = new FakeWorld();
    const left = recordAfter(['takeover']);
    await act(fake.world, { kind: 'rebuild', step: 'snapshot' }, left, SETTINGS, new FakeClock());
    expect([fake.given('rebuild.snapshot'), SETTINGS.own]).toEqual([[1], HOME]);
  });
});
