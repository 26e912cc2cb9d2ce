import { describe, expect, it } from '@jest/globals';
import { toItem } from '../../../../lambda/leader/item';
import type { LeadershipTable } from '../../../../lambda/leader/ports';
import { renewed } from '../../../../lambda/leader/steps';
import { recordedLeadership } from '../../../../lambda/region-agent/aws/leadership';
import { FakeClock } from '../../../support/fake-clock';
import { FakeTables } from '../../leader/fake-tables';
import { first, RENEWAL } from '../../leader/records';

describe('the leadership record, as an agent reads and writes it', () => {
  it('is read and replaced by whichever region answers', async () => {
    const fake = new FakeTables({ 'us-east-1': ['fails', 'fails'], 'us-west-2': [] });
    fake.item = toItem(first, 'nonce');
    const leadership = recordedLeadership(fake.tables, new FakeClock());
    await expect(leadership.read()).resolves.toEqual(first);
    const next = renewed(first, RENEWAL);
    await expect(leadership.replace(first, next)).resolves.toEqual({ written: true, record: next });
    await expect(leadership.read()).resolves.toEqual(next);
  });

  it('is written with a nonce that was never used before', async () => {
    const nonces: unknown[] = [];
    const table: LeadershipTable = {
      region: 'us-east-1',
      read: async () => undefined,
      create: async () => undefined,
      replace: async ({ nonce }) => void nonces.push(nonce),
    };
    const leadership = recordedLeadership([table], new FakeClock());
    const next = renewed(first, RENEWAL);
    for (let write = 0; write < 3; write += 1) await leadership.replace(first, next);
    expect(new Set(nonces.map((nonce) => JSON.stringify(nonce))).size).toBe(3);
  });
});
