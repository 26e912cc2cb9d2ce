import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lagOf } from '../../../lambda/region-agent/lag';
import { replicaOf } from './support/databases';
import { at, DATABASE_MS, record } from './support/records';

describe('how far a replica is behind', () => {
  it('is nothing once it has replayed the last known position, however old its heartbeat is', () => {
    for (const lsn of ['0/5000', '0/5001', '1/0']) {
      expect(lagOf(record(), replicaOf({ lsn, heartbeatMs: 0 }))).toEqual({ seconds: 0, bytes: 0n });
    }
  });

  it('is the time between two moments of the writer’s clock, and the bytes to its last position', () => {
    const replica = replicaOf({ lsn: '0/4F00', heartbeatMs: DATABASE_MS - 12_500 });
    expect(lagOf(record(), replica)).toEqual({ seconds: 12.5, bytes: 256n });
  });

  it('is not negative when a heartbeat came after the renewal', () => {
    expect(lagOf(record(), replicaOf({ lsn: '0/4F00', heartbeatMs: DATABASE_MS + 5_000 })).seconds).toBe(0);
  });

  it('is not known where one of the two times is missing', () => {
    const replica = replicaOf({ lsn: '0/4F00', heartbeatMs: null });
    expect(lagOf(record(), replica)).toEqual({ seconds: undefined, bytes: 256n });
    expect(lagOf(record({ databaseTime: null, walLsn: null }), replicaOf())).toEqual({
      seconds: undefined,
      bytes: undefined,
    });
  });

  it('is told in seconds alone where the writer never told its position', () => {
    expect(lagOf(record({ walLsn: null, databaseTime: at(30) }), replicaOf()).seconds).toBe(30);
  });

  it('never falls when the record is renewed and the replica stands still', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (first, more) => {
        const replica = replicaOf({ lsn: '0/1' });
        const lag = (seconds: number) => lagOf(record({ databaseTime: at(seconds) }), replica).seconds ?? -1;
        expect(lag(first + more)).toBeGreaterThanOrEqual(lag(first));
      }),
    );
  });
});
