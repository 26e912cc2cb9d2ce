import { describe, expect, it } from '@jest/globals';
import { LeadershipUnreachable } from '../../../lambda/leader/read';
import { firstRecord, type LeadershipRecord } from '../../../lambda/leader/record';
import type { Leadership } from '../../../lambda/leadership-setup/ports';
import { RecordLost, setup } from '../../../lambda/leadership-setup/setup';
import { BadProperties } from '../../../lambda/runtime/custom-resource';
import { resourceHost } from '../../support/resource-host';

const home = { homeRegion: 'us-east-1', leaseSeconds: 60 };
const moved: LeadershipRecord = { ...firstRecord('us-west-2', 60), epoch: 2, version: 500 };

function leadershipOf(present?: LeadershipRecord) {
  const written: LeadershipRecord[] = [];
  const leadership: Leadership = {
    async createIfAbsent(record) {
      if (present) return { created: false, record: present };
      written.push(record);
      return { created: true, record };
    },
    read: async () => present,
  };
  return { written, leadership, resource: setup(leadership) };
}

describe('the set-up of leadership', () => {
  it('lets home lead at epoch 1 on the first deployment', async () => {
    const { written, resource } = leadershipOf();
    const outcome = await resource.create(home, resourceHost());
    expect(written).toEqual([firstRecord('us-east-1', 60)]);
    expect(outcome.data).toEqual({ Epoch: '1', Holder: 'us-east-1' });
    expect(outcome.sentence).toBe('The first record was written: us-east-1 is the holder at epoch 1.');
  });

  it('leaves a record that is there as it is, and reports it', async () => {
    const { written, resource } = leadershipOf(moved);
    const outcome = await resource.create(home, resourceHost());
    expect(written).toEqual([]);
    expect(outcome.data).toEqual({ Epoch: '2', Holder: 'us-west-2' });
    expect(outcome.sentence).toContain('was left as it is');
  });

  it('changes nothing on an update, even with another home and lease', async () => {
    const { written, resource } = leadershipOf(moved);
    const outcome = await resource.update({ homeRegion: 'eu-west-1', leaseSeconds: 25 }, resourceHost());
    expect(written).toEqual([]);
    expect(outcome.data).toEqual({ Epoch: '2', Holder: 'us-west-2' });
  });

  it('does not make a lost record again on an update', async () => {
    const { written, resource } = leadershipOf();
    await expect(resource.update(home, resourceHost())).rejects.toThrow(RecordLost);
    expect(written).toEqual([]);
  });

  it('waits while no region takes its call because a changed policy is not in force yet', async () => {
    const refused = new LeadershipUnreachable('written', [
      { region: 'us-east-1', error: Object.assign(new Error('no'), { name: 'AccessDeniedException' }) },
      { region: 'us-west-2', error: new Error('connect ETIMEDOUT') },
    ]);
    const host = resourceHost();
    const begun = host.clock.now();
    const { resource, leadership } = leadershipOf();
    const { createIfAbsent } = leadership;
    let refusals = 2;
    leadership.createIfAbsent = async (record) => {
      refusals -= 1;
      if (refusals >= 0) throw refused;
      return createIfAbsent(record);
    };
    const { sentence } = await host.clock.run(resource.create(home, host));
    expect(sentence).toContain('The first record was written');
    expect(host.clock.now() - begun).toBe(10_000);
    refusals = 1_000;
    await expect(host.clock.run(resource.create(home, resourceHost(2)))).rejects.toThrow(
      'The role of this function may not do dynamodb:PutItem',
    );
  });

  it('fails at once where no region answers for another reason', async () => {
    const { resource, leadership } = leadershipOf();
    leadership.createIfAbsent = () =>
      Promise.reject(
        new LeadershipUnreachable('written', [{ region: 'us-east-1', error: new Error('away') }]),
      );
    await expect(resource.create(home, resourceHost())).rejects.toThrow(LeadershipUnreachable);
  });

  it('changes nothing on a deletion, and asks nobody', async () => {
    const dead: Leadership = {
      createIfAbsent: () => Promise.reject(new Error('asked')),
      read: () => Promise.reject(new Error('asked')),
    };
    await expect(setup(dead).delete(home, resourceHost())).resolves.toBeUndefined();
  });

  it('keeps its identity when its properties change', () => {
    const { resource } = leadershipOf();
    expect(resource.physicalId(home)).toBe(resource.physicalId({ homeRegion: 'eu-west-1', leaseSeconds: 1 }));
  });

  it('refuses a lease of no length', () => {
    const { resource } = leadershipOf();
    expect(resource.parse({ HomeRegion: 'us-east-1', LeaseSeconds: '60' })).toEqual(home);
    expect(() => resource.parse({ HomeRegion: 'us-east-1', LeaseSeconds: '0' })).toThrow(BadProperties);
    expect(() => resource.parse({ LeaseSeconds: '60' })).toThrow('HomeRegion');
  });
});
