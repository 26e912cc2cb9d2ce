import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import { functionName } from '../../../lib/config/names';
import { followAgents, Journal, Tail } from '../../../local/drill/journal';
import { changes } from '../../../local/drill/observer';
import { until } from '../until';
import { CLOSED, led, look, OPEN, REPLICA, SILENT } from './evidence';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that grows', () => {
  it('is read from where it was left, line by line, also if a line comes in parts', () => {
    const file = join(folder, 'log');
    const tail = new Tail(file);
    expect(tail.read()).toEqual([]);
    writeFileSync(file, 'one\ntw');
    expect(tail.read()).toEqual(['one']);
    appendFileSync(file, 'o\nthree\n');
    expect(tail.read()).toEqual(['two', 'three']);
    expect(tail.read()).toEqual([]);
  });

  it('may be longer than what is read at a time', () => {
    const file = join(folder, 'log');
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(new Tail(file).read()).toEqual(lines);
  });

  it('may end in the middle of a letter', () => {
    const file = join(folder, 'log');
    const tail = new Tail(file);
    const letter = Buffer.from('é');
    writeFileSync(file, letter.subarray(0, 1));
    expect(tail.read()).toEqual([]);
    appendFileSync(file, Buffer.concat([letter.subarray(1), Buffer.from('\n')]));
    expect(tail.read()).toEqual(['é']);
  });
});

describe('what the agents say', () => {
  const platform = loadPlatform('ops-center', { root: resolve(__dirname, '../../..') });
  const log = (region: string) => join(folder, `${region}-${functionName(platform, 'region-agent')}.log`);
  const turn = (sentence: string) => `${JSON.stringify({ event: 'turn', sentence })}\n`;

  it('is noted once in a row, without what was said before and what is said all the time', async () => {
    writeFileSync(log('us-east-1'), turn('This was before.'));
    const journal = new Journal(() => undefined);
    const world = {
      platform,
      logs: folder,
      region: (side: string) => platform.regions[side === 'home' ? 'home' : 'standby'].name,
    };
    const stop = followAgents(world, journal);
    appendFileSync(log('us-east-1'), 'START RequestId\n{"event":"turn"\n');
    appendFileSync(
      log('us-east-1'),
      turn('us-east-1 renews its lease until 12:00.') +
        turn('It claims epoch 2.') +
        turn('It claims epoch 2.') +
        turn('It claims epoch 3.') +
        turn('The replica is 23 s and 14216 bytes behind.') +
        turn('The replica is 24 s and 90 bytes behind.'),
    );
    writeFileSync(log('us-west-2'), turn('It watches.'));
    await until(() => journal.entries.length === 4);
    appendFileSync(log('us-east-1'), turn('It leads.'));
    stop();
    expect(journal.entries.map(({ who, sentence }) => `${who}: ${sentence}`)).toEqual([
      'agent-home: It claims epoch 2.',
      'agent-home: It claims epoch 3.',
      'agent-home: The replica is 23 s and 14216 bytes behind.',
      'agent-standby: It watches.',
      'agent-home: It leads.',
    ]);
  });
});

describe('what changed between two looks', () => {
  it('is everything at first', () => {
    expect(changes(undefined, look(0))).toEqual([
      'The record says SERVING: home holds epoch 1.',
      'The public name leads to home.',
      'The database in home is primary.',
      'The database in standby is replica.',
    ]);
  });

  it('is nothing if nothing did', () => {
    expect(changes(look(0), look(250, { tasks: { home: 2, standby: 1 } }))).toEqual([]);
  });

  it('is said of the record, the name, and each database', () => {
    const after = look(500, {
      ...led('standby', 2),
      dns: 'standby',
      databases: { home: SILENT, standby: OPEN },
    });
    expect(changes(look(0), after)).toEqual([
      'The record says SERVING: standby holds epoch 2.',
      'The public name leads to standby.',
      'The database in home is silent.',
      'The database in home takes no writes of applications.',
      'The database in standby is primary.',
      'The database in standby takes writes of applications.',
    ]);
  });

  it('is said of a database that closes and stays', () => {
    expect(changes(look(0), look(1, { databases: { home: CLOSED, standby: REPLICA } }))).toEqual([
      'The database in home takes no writes of applications.',
    ]);
  });
});
