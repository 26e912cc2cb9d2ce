import { describe, expect, it } from '@jest/globals';
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
  return { written, resource: setup(leadership) };
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
