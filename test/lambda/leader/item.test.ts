import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromItem, type Item, MalformedRecord, nonceOf, toItem } from '../../../lambda/leader/item';
import { TASKS } from '../../../lambda/leader/record';
import { anyRecord, first, RECORDS } from './records';

const text = fc.string({ minLength: 1 });

describe('the item of a record', () => {
  it('gives the record back as it was', () => {
    fc.assert(
      fc.property(anyRecord, text, (one, nonce) => {
        const item = toItem(one, nonce);
        expect(fromItem(item)).toEqual(one);
        expect(nonceOf(item)).toBe(nonce);
      }),
    );
  });

  it('holds every field of the record', () => {
    expect(Object.keys(toItem(first, 'n')).sort()).toEqual([...Object.keys(first), 'nonce', 'pk'].sort());
  });

  it('is not made of a record that nobody could read', () => {
    expect(() => toItem({ ...first, ttlSeconds: 2.5 }, 'n')).toThrow(MalformedRecord);
    expect(() => toItem({ ...first, databaseTime: 'now' }, 'n')).toThrow('databaseTime must be a time');
    expect(() => toItem({ ...first, outageSeconds: Number.NaN }, 'n')).toThrow('outageSeconds must be');
  });

  const operation = toItem(RECORDS.drained, 'n').operation;
  const inOperation = (changes: Item): Item[string] => ({
    M: { ...(operation && 'M' in operation ? operation.M : {}), ...changes },
  });
  const entry: Item = { epoch: { N: '1' }, holder: { S: 'x' }, reason: { S: 'first' }, sentence: { S: 's' } };
  const { sentence: _, ...mute } = entry;
  const damaged: readonly (readonly [string, Item[string] | undefined, string])[] = [
    ['epoch', undefined, 'epoch must be a whole number of at least 1, but is nothing'],
    ['epoch', { N: '0' }, 'epoch must be a whole number of at least 1, but is {"N":"0"}'],
    ['epoch', { S: '1' }, 'epoch must be a whole number'],
    ['version', { N: '1.5' }, 'version must be'],
    ['ttlSeconds', { N: 'x' }, 'ttlSeconds must be'],
    ['enforceSeconds', { N: '0' }, 'enforceSeconds must be a whole number of at least 1'],
    ['outageSeconds', { N: '-1' }, 'outageSeconds must be a number of at least 0'],
    ['outageSeconds', { S: '0' }, 'outageSeconds must be a number'],
    ['holder', { S: '' }, 'holder must be a text'],
    ['state', { S: 'SERVED' }, 'state must be one of SERVING, CLAIMED'],
    ['frozen', { S: 'false' }, 'frozen must be true or false'],
    ['walLsn', { S: '16B3748' }, 'walLsn must be a position like 0/16B3748, or null'],
    ['databaseTime', { S: 'yesterday' }, 'databaseTime must be a time in ISO 8601, or null'],
    ['servingSince', { S: '2026-13-01T00:00:00Z' }, 'servingSince must be a time'],
    ['operation', { S: 'failback' }, 'operation must be a map, or null, but is {"S":"failback"}'],
    ['operation', inOperation({ kind: { S: 'move' } }), 'operation.kind must be one of switchover'],
    ['operation', inOperation({ id: { S: '' } }), 'operation.id must be a text'],
    ['operation', inOperation({ to: { N: '1' } }), 'operation.to must be a text'],
    ['operation', inOperation({ sentence: { NULL: true } }), 'operation.sentence must be a text'],
    ['promotedFrom', { L: [] }, 'promotedFrom must be a map, or null'],
    [
      'promotedFrom',
      { M: { receiveLsn: { S: 'x' }, replayLsn: { NULL: true } } },
      'promotedFrom.receiveLsn must be',
    ],
    ['promotedFrom', { M: { receiveLsn: { NULL: true } } }, 'promotedFrom.replayLsn must be'],
    ['pending', { S: 'take-base' }, 'pending must be a list'],
    [
      'pending',
      { L: [{ S: 'take-base' }, { S: 'rest' }] },
      `pending[1] must be one of ${TASKS.join(', ')}, but is {"S":"rest"}`,
    ],
    ['history', { S: '' }, 'history must be a list'],
    ['history', { L: [{ S: 'x' }] }, 'history[0] must be a map'],
    ['history', { L: [{ M: entry }, { M: mute }] }, 'history[1].sentence must be a text'],
    [
      'history',
      { L: [{ M: { ...entry, reason: { S: 'luck' } } }] },
      'history[0].reason must be one of first',
    ],
  ];
  it.each(damaged)(
    'is refused with the attribute and its value when %s is %j',
    (attribute, value, message) => {
      const { [attribute]: _, ...rest } = toItem(first, 'n');
      const item = value === undefined ? rest : { ...rest, [attribute]: value };
      expect(() => fromItem(item)).toThrow(MalformedRecord);
      expect(() => fromItem(item)).toThrow(message);
    },
  );
});
