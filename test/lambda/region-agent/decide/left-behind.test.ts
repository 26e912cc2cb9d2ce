import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../lambda/region-agent/decide';
import { fleet, primary, promoted, replica, unknown } from '../support/databases';
import { operation, record, recordAfter, STANDBY, takenOver } from '../support/records';
import { atHome, atStandby, secondsAgo, WATCH_SECONDS } from '../support/situation';

const LEFT = takenOver();
const CLOSED = primary({ lease: { closed: true } });

describe('a side that was left in a move', () => {
  it('closes its own fence by the version of the record', () => {
    const seen = { database: primary({ lease: { version: 70 } }) };
    const { next, action, sentence, limitation, signals } = decide(atHome({ record: LEFT, seen }));
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'close', lease: { epoch: 1, version: 100 } });
    expect(sentence).toBe(
      'us-east-1 was left: us-west-2 leads epoch 2. To be protected again, say: npx holdfast failback.',
    );
    expect(limitation).toBe(sentence);
    expect(signals).toEqual([]);
  });

  it('does not close a fence of a version that the record has not reached, which would only be refused', () => {
    expect(decide(atHome({ record: LEFT })).action).toBeUndefined();
  });

  it.each([
    ['is closed', CLOSED],
    ['does not answer', unknown()],
  ])('takes its services down when its database %s', (_, database) => {
    const { action } = decide(atHome({ record: LEFT, seen: { database, fleet: fleet(4) } }));
    expect(action).toEqual({ kind: 'scale-down' });
  });

  it('takes them down once a minute until they are down', () => {
    const tried = (seconds: number, tasks: number) =>
      decide(
        atHome({
          record: LEFT,
          seen: { database: CLOSED, fleet: fleet(tasks) },
          memory: { triedMs: { 'scale-down': secondsAgo(seconds) } },
        }),
      ).action?.kind;
    expect(tried(59, 4)).toBeUndefined();
    expect(tried(60, 4)).toBe('scale-down');
    expect(tried(60, 1)).toBeUndefined();
  });

  it('never takes over, however long the holder is silent', () => {
    const seen = { database: replica() };
    const { next, sentence } = decide(atHome({ record: LEFT, seen, watchedSeconds: 10 * WATCH_SECONDS }));
    expect(next).toBeUndefined();
    expect(sentence).toContain('us-east-1 was left');
  });

  it('closes also while the other side is being promoted, and leaves a replica alone', () => {
    const promoting = takenOver({ state: 'PROMOTING' });
    const seen = (database: ReturnType<typeof primary>) => ({ seen: { database } });
    const open = primary({ lease: { version: 70 } });
    expect(decide(atHome({ record: promoting, ...seen(open) })).action?.kind).toBe('close');
    expect(decide(atHome({ record: promoting, ...seen(replica()) })).action).toBeUndefined();
    expect(decide(atHome({ record: promoting, ...seen(unknown()) })).action).toBeUndefined();
  });
});

describe('a standby that a person has promoted by hand', () => {
  it('stays closed and protects nothing, which somebody must know', () => {
    const { next, action, sentence, signals, limitation } = decide(
      atStandby({ seen: { database: promoted({ lease: { version: 70 } }) } }),
    );
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'close', lease: { epoch: 1, version: 100 } });
    expect(sentence).toBe(
      'The database in us-west-2 was promoted by a person while us-east-1 leads: it stays closed and protects nothing. To be protected again, say: npx holdfast failback.',
    );
    expect(limitation).toBe(sentence);
    expect(signals).toEqual(['gateRefused', 'standbyUnfit']);
  });

  it('says the same after a move, once the platform was protected again', () => {
    const protectedAgain = recordAfter(['takeover', 'switchover'], { state: 'PROTECTED' });
    const { sentence, signals } = decide(
      atStandby({ record: protectedAgain, seen: { database: promoted() } }),
    );
    expect(sentence).toContain('was promoted by a person');
    expect(signals).toContain('gateRefused');
  });

  it('keeps its services as they are before a move', () => {
    const seen = { database: promoted({ lease: { closed: true } }), fleet: fleet(4) };
    expect(decide(atStandby({ seen })).action).toBeUndefined();
  });

  it('does not take the lead that is handed over to it', () => {
    const handoff = record({ state: 'HANDOFF', operation: operation('switchover', STANDBY) });
    expect(decide(atStandby({ record: handoff, seen: { database: promoted() } })).next).toBeUndefined();
  });
});
