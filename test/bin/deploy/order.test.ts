import { describe, expect, it } from '@jest/globals';
import { movedSince, orderOf } from '../../../bin/deploy/order';
import { LeadershipUnreachable } from '../../../lambda/leader/read';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { HOME, moved, operation, STANDBY, serving } from '../operate/records';
import { demo } from '../services/fakes';

const table = (record: LeadershipRecord | Error | undefined) => ({
  read: async () => {
    if (record instanceof Error) throw record;
    return record;
  },
});
const UNREACHABLE = new LeadershipUnreachable('read', [{ region: HOME, error: new Error('no route') }]);

describe('the order of a deployment', () => {
  it.each([
    ['home leads', serving(), 'standby', HOME, `Services go to ${STANDBY} (standby) first, and to ${HOME}`],
    ['the standby leads', moved('SERVING'), 'home', STANDBY, `Services go to ${HOME} (home) first`],
    ['the other side is being rebuilt', moved('REBUILDING'), 'home', STANDBY, `${STANDBY} leads`],
    ['every move is forbidden', serving({ frozen: true }), 'standby', HOME, `${HOME} leads`],
    ['nobody leads yet', undefined, 'standby', undefined, 'nobody leads yet'],
  ])('begins where nobody is served: %s', async (_, record, first, leads, sentence) => {
    const order = await orderOf(demo, undefined, false, table(record));
    expect(order).toMatchObject({ known: true, first, leads, sentence: expect.stringContaining(sentence) });
  });

  it('begins with the standby at the first deployment, and asks no table that is not there', async () => {
    const asked = { read: () => Promise.reject(new Error('asked')) };
    expect(await orderOf(demo, undefined, true, asked)).toMatchObject({ first: 'standby', leads: undefined });
  });

  it.each([
    [
      'the record cannot be read',
      UNREACHABLE,
      /^Nobody can say who leads, .* --first home while the standby/,
    ],
    [
      'the lead is handed over',
      serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }),
      /is handing over/,
    ],
    ['a region is taking over', moved('PROMOTING'), /is taking over \(PROMOTING\)/],
    [
      'a region was told to take over',
      serving({ operation: operation('force', STANDBY) }),
      /operation is under way: force/,
    ],
    [
      'the record is of another platform',
      serving({ holder: 'eu-west-1' }),
      /names eu-west-1, which is no region/,
    ],
  ])('is never guessed: %s', async (_, record, sentence) => {
    const order = await orderOf(demo, undefined, false, table(record));
    expect(order).toEqual({ known: false, sentence: expect.stringMatching(sentence) });
  });

  it.each([
    ['none', 'Both regions get their services at the same time: --first none.'],
    ['home', 'although it leads.'],
    ['standby', '--first standby.'],
  ] as const)('is that of a person who says %s, and tells what it means', async (said, sentence) => {
    const order = await orderOf(demo, said, false, table(serving()));
    expect(order).toMatchObject({ first: said, sentence: expect.stringContaining(sentence) });
  });

  it('is a person to say while the record cannot be read', async () => {
    expect(await orderOf(demo, 'home', false, table(UNREACHABLE))).toMatchObject({
      known: true,
      first: 'home',
    });
  });
});

describe('an order that was agreed to', () => {
  const since = async (record: LeadershipRecord | Error | undefined, said?: 'none') => {
    const order = await orderOf(demo, said, false, table(serving()));
    if (!order.known) throw new Error(order.sentence);
    return movedSince(order, table(record));
  };

  it('holds while the same region leads', async () => {
    expect(await since(serving({ version: 99 }))).toBeUndefined();
  });

  it.each([
    ['the lead has moved', moved('SERVING'), `has moved from ${HOME} to ${STANDBY} meanwhile`],
    ['the lead is moving', serving({ state: 'HANDOFF' }), 'is handing over'],
    ['the record is gone', undefined, 'to nobody meanwhile'],
    ['nobody can say', UNREACHABLE, 'Nobody can say any more who leads.'],
  ])('is given up if %s', async (_, record, sentence) => {
    expect(await since(record)).toContain(sentence);
  });

  it('is not asked for again where a person has said it', async () => {
    expect(await since(moved('SERVING'), 'none')).toBeUndefined();
  });
});
