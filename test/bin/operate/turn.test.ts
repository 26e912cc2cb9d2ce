import { describe, expect, it } from '@jest/globals';
import { turnIn } from '../../../bin/operate/turn';
import { replicaTurn } from './records';

const { atMs, ...fields } = replicaTurn();
const line = (changes: object = {}): string => JSON.stringify({ event: 'turn', ...fields, ...changes });

describe('a line of the log', () => {
  it('is a turn, with and without what Lambda puts before it', () => {
    expect(turnIn(line(), atMs)).toEqual({ atMs, ...fields });
    expect(turnIn(`2026-01-01T00:00:00.000Z\t8f2b\tINFO\t${line()}\n`, atMs)).toEqual({ atMs, ...fields });
  });

  it.each(['START RequestId: 1', '{"event":"other"}', '{"event":"turn"}', '{', '', 'null'])(
    'is no turn if it is %j',
    (text) => {
      expect(turnIn(text, atMs)).toBeUndefined();
    },
  );

  it('of another version is taken as far as it is understood', () => {
    const read = turnIn(line({ database: { inRecovery: 'yes' }, limitation: 3, lagSeconds: '1' }), atMs);
    expect(read).toEqual({
      atMs,
      sentence: fields.sentence,
      database: null,
      limitation: null,
      lagSeconds: null,
    });
  });
});
