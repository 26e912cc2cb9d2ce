import { describe, expect, it } from '@jest/globals';
import { LeadershipUnreachable } from '../../../lambda/leader/read';
import { firstRecord, type LeadershipRecord } from '../../../lambda/leader/record';
import type { Leadership } from '../../../lambda/leadership-setup/ports';
import { DatabaseHasLease, RecordLost, setup } from '../../../lambda/leadership-setup/setup';
import { BadProperties } from '../../../lambda/runtime/custom-resource';
import { resourceHost } from '../../support/resource-host';

const home = { homeRegion: 'us-east-1', leaseSeconds: 60, enforceSeconds: 5, leaseEpoch: 0 };
const moved: LeadershipRecord = { ...firstRecord('us-west-2', 60, 5), epoch: 2, version: 500 };

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
    expect(written).toEqual([firstRecord('us-east-1', 60, 5)]);
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
    const outcome = await resource.update(
      { ...home, homeRegion: 'eu-west-1', leaseSeconds: 25, leaseEpoch: 7 },
      resourceHost(),
    );
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
    expect(resource.physicalId(home)).toBe(resource.physicalId({ ...home, homeRegion: 'eu-west-1' }));
  });

  it('makes no first record for a database that has been led before', async () => {
    const { written, resource } = leadershipOf();
    const led = resource.create({ ...home, leaseEpoch: 4 }, resourceHost());
    await expect(led).rejects.toThrow(DatabaseHasLease);
    await expect(led).rejects.toThrow('The database has already been led at epoch 4');
    expect(written).toEqual([]);
  });

  it('leaves a record that is there to a database that has been led', async () => {
    const { written, resource } = leadershipOf(moved);
    const { data } = await resource.create({ ...home, leaseEpoch: 2 }, resourceHost());
    expect(data).toEqual({ Epoch: '2', Holder: 'us-west-2' });
    expect(written).toEqual([]);
  });

  it('takes the numbers that CloudFormation sends as texts, and a lease epoch only where there is one', () => {
    const { resource } = leadershipOf();
    const properties = { HomeRegion: 'us-east-1', LeaseSeconds: '60', EnforceSeconds: '5' };
    expect(resource.parse(properties)).toEqual(home);
    expect(resource.parse({ ...properties, LeaseEpoch: '3' })).toEqual({ ...home, leaseEpoch: 3 });
    expect(() => resource.parse({ ...properties, LeaseEpoch: '' })).toThrow('LeaseEpoch');
    expect(() => resource.parse({ ...properties, LeaseSeconds: '0' })).toThrow(BadProperties);
    expect(() => resource.parse({ ...properties, EnforceSeconds: '0' })).toThrow('EnforceSeconds');
    expect(() => resource.parse({ LeaseSeconds: '60', EnforceSeconds: '5' })).toThrow('HomeRegion');
  });
});
