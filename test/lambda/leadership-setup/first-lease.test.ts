import { describe, expect, it } from '@jest/globals';
import { firstRecord, type LeadershipRecord } from '../../../lambda/leader/record';
import { renewed } from '../../../lambda/leader/steps';
import { FirstLeaseMissing, firstLease } from '../../../lambda/leadership-setup/first-lease';
import type { Leadership } from '../../../lambda/leadership-setup/ports';
import { resourceHost } from '../../support/resource-host';

const first = firstRecord('us-east-1', 60, 5);
const leased = renewed(first, { databaseTime: '2026-01-01T00:00:00.000Z' });
const group = { agentLogGroup: '/shop/region-agent' };

/** @param answers of the table, one a read; the last one stays */
function waiting(...answers: readonly (LeadershipRecord | undefined | Error)[]) {
  let reads = 0;
  const leadership: Leadership = {
    createIfAbsent: () => Promise.reject(new Error('written')),
    async read() {
      const answer = answers[Math.min(reads, answers.length - 1)];
      reads += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { resource: firstLease(leadership), reads: () => reads };
}

describe('the wait for the first lease', () => {
  it('ends as soon as the record tells a time of the database', async () => {
    const host = resourceHost(110);
    const { resource } = waiting(first, first, leased);
    const { sentence } = await host.clock.run(resource.create(group, host));
    expect(sentence).toBe('us-east-1 holds a lease; its database said 2026-01-01T00:00:00.000Z.');
    expect(host.clock.monotonic()).toBe(4_000);
  });

  it('goes on over a table that does not answer', async () => {
    const host = resourceHost(110);
    const { resource } = waiting(new Error('away'), undefined, leased);
    await expect(host.clock.run(resource.create(group, host))).resolves.toHaveProperty('sentence');
  });

  it('fails before the function ends, and says where to look', async () => {
    const host = resourceHost(110);
    const failing = host.clock.run(waiting(first).resource.create(group, host));
    await expect(failing).rejects.toThrow(FirstLeaseMissing);
    await expect(failing).rejects.toThrow(
      'No lease was opened within 100 s, so services would meet a closed database. The record has version 1 and no ' +
        'renewal with a database yet. The region agent says why in its log group /shop/region-agent; then deploy again.',
    );
    expect(host.clock.now()).toBeLessThan(host.deadline);
  });

  it('says at its end why nothing could be read', async () => {
    const host = resourceHost(20);
    const failing = host.clock.run(waiting(new Error('The table is away.')).resource.create(group, host));
    await expect(failing).rejects.toThrow('The table is away.');
  });

  it('asks nobody on an update and on a deletion', async () => {
    const { resource, reads } = waiting(new Error('asked'));
    await expect(resource.update(group, resourceHost())).resolves.toEqual({});
    await expect(resource.delete(group, resourceHost())).resolves.toBeUndefined();
    expect(reads()).toBe(0);
  });

  it('needs the name of the log group, and keeps its identity', () => {
    const { resource } = waiting(leased);
    expect(resource.parse({ AgentLogGroup: '/shop/region-agent' })).toEqual(group);
    expect(() => resource.parse({})).toThrow('AgentLogGroup');
    expect(resource.physicalId(group)).toBe(resource.physicalId({ agentLogGroup: 'other' }));
  });
});
