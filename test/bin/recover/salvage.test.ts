import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { chosenOf } from '../../../bin/recover/salvage/choose';
import { renderSalvage } from '../../../bin/recover/salvage/render';
import { runSalvage, type SalvageOptions } from '../../../bin/recover/salvage/run';
import type { SalvagedTransaction, SalvageSummary } from '../../../lambda/archive/salvage/salvaged';
import { HOME, moved, STANDBY } from '../operate/records';
import { platform } from '../support/ports';
import { FakeRecovery } from './fakes';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-salvage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summary: SalvageSummary = {
  left: 'v1/7/app/0000000001-0000/',
  follows: 'v1/7/app/0000000002-0000/',
  shared: null,
  head: { endLsn: '0/90', commitTimeUs: '1767225600000000' },
  beyond: { fromUs: '1767225600000000', untilUs: '1767225660000000' },
  completed: false,
};
const lost = (xid: number, changes: Partial<SalvagedTransaction> = {}): SalvagedTransaction => ({
  xid,
  endLsn: `0/${xid}0`,
  commitTimeUs: '1767225599000000',
  presence: 'absent',
  from: 'archive',
  tables: ['public.orders'],
  changes: 1,
  rows: [],
  more: 0,
  conflicts: [],
  needs: [],
  applied: false,
  ...changes,
});

const options = (changes: Partial<SalvageOptions> = {}): SalvageOptions => ({
  epoch: null,
  list: undefined,
  sql: undefined,
  transactions: undefined,
  dryRun: false,
  ...changes,
});

function world(transactions: readonly SalvagedTransaction[]): FakeRecovery {
  const made = new FakeRecovery();
  made.record = moved('SERVING');
  const [first, ...rest] = transactions;
  const page = {
    operation: 'salvage',
    outcome: 'more',
    sentence: '1.',
    summary,
    next: first?.endLsn ?? '',
  } as const;
  made.replies.set('salvage', [
    { ...page, transactions: first ? [first] : [] },
    { ...page, outcome: 'done', transactions: rest, next: null },
  ]);
  made.replies.set('salvage-sql', [
    { operation: 'salvage-sql', outcome: 'more', sentence: '', sql: 'BEGIN;\n', next: '7' },
    { operation: 'salvage-sql', outcome: 'done', sentence: '', sql: 'COMMIT;\n', next: null },
  ]);
  made.replies.set('old-side', [new Error('The region is away.')]);
  made.instances.set(`${HOME}/demo-db-quarantine-e1`, { status: 'available', target: undefined });
  return made;
}

async function salvage(made: FakeRecovery, asked: Partial<SalvageOptions> = {}) {
  const said: string[] = [];
  const ended = await runSalvage(
    platform(),
    options(asked),
    made,
    (text) => said.push(text),
    (text) => said.push(text),
  );
  return { ended, said: said.join('\n') };
}

describe('salvage', () => {
  it('asks the old side in its region and the database where the lead is, page by page', async () => {
    const made = world([lost(5), lost(6)]);
    const { ended, said } = await salvage(made);
    expect(made.asked.map(({ region, request }) => [region, request.operation])).toEqual([
      [HOME, 'old-side'],
      [STANDBY, 'salvage'],
      [STANDBY, 'salvage'],
    ]);
    expect(ended).toMatchObject({ outcome: 'done', sentences: ['2 transactions are listed.'] });
    expect(said).toContain('demo-db-quarantine-e1 in us-east-1 was not read: The region is away.');
    expect(said).toContain('2026-01-01T00:00:00.000000Z and 2026-01-01T00:01:00.000000Z may be lost as well');
  });

  it('asks no function of the old side while its database is not put away, or its region answers nobody', async () => {
    const made = world([lost(5)]);
    made.instances.clear();
    const { said } = await salvage(made);
    expect(made.asked.map(({ region }) => region)).toEqual([STANDBY, STANDBY]);
    expect(said).toContain('There is no database demo-db-quarantine-e1 in this region.');
  });

  it('hands on what the old side still has', async () => {
    const made = world([lost(5)]);
    made.replies.set('old-side', [
      { operation: 'old-side', outcome: 'done', sentence: 'It has 1.', frames: 'AAAA', transactions: 1 },
    ]);
    await salvage(made);
    expect(made.asked[1]?.request).toMatchObject({ oldSide: 'AAAA' });
  });

  it('writes the list and the SQL into files that only their owner may read', async () => {
    const made = world([lost(5), lost(6, { conflicts: ['It was changed since.'] })]);
    const [list, sql] = [join(folder, 'list.json'), join(folder, 'some.sql')];
    await salvage(made, { list, sql });
    expect(JSON.parse(readFileSync(list, 'utf8'))).toMatchObject({ transactions: [{ xid: 5 }, { xid: 6 }] });
    expect(readFileSync(sql, 'utf8')).toBe('BEGIN;\nCOMMIT;\n');
    expect([list, sql].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(made.asked.at(-1)?.request).toMatchObject({ transactions: ['0/50'] });
  });

  it('writes nothing in a dry run, and nothing that stands against the database', async () => {
    const file = join(folder, 'none.sql');
    const { ended } = await salvage(world([lost(5)]), { sql: file, dryRun: true });
    expect(ended.outcome).toBe('would');
    const made = world([lost(5)]);
    made.replies.set('salvage-sql', [
      { operation: 'salvage-sql', outcome: 'refused', sentence: 'It was changed.', sql: '', next: null },
    ]);
    expect((await salvage(made, { sql: file })).ended).toEqual({
      outcome: 'refused',
      sentences: ['It was changed.'],
    });
    expect(() => statSync(file)).toThrow('ENOENT');
  });
});

describe('the choice of transactions', () => {
  it('is all that nothing stands against, with what they build on', () => {
    const found = [
      lost(1),
      lost(2, { conflicts: ['no'] }),
      lost(3, { needs: ['0/20'] }),
      lost(4, { needs: ['0/10'] }),
      lost(5, { applied: true }),
      lost(6, { needs: ['0/50'] }),
      lost(7, { presence: 'unknown' }),
    ];
    expect(chosenOf(found, undefined)).toEqual([found[0], found[3], found[5]]);
  });

  it('is by number or position, in the order of the commits', () => {
    const found = [lost(1), lost(2), lost(1, { endLsn: '0/99' })];
    expect(chosenOf(found, '2, 0/99')).toEqual([found[1], found[2]]);
    expect(chosenOf(found, '1')).toBe(
      'The number 1 was given more than once: say its position, 0/10 or 0/99.',
    );
    expect(chosenOf(found, '8')).toBe('No lost transaction is 8.');
  });
});

describe('the table of salvage', () => {
  it('says of each transaction whether it can be applied', () => {
    const text = renderSalvage({
      summary: { ...summary, beyond: null, completed: true },
      transactions: [
        lost(1),
        lost(2, { conflicts: ['Changed.'], from: 'old side' }),
        lost(3, { needs: ['0/10'] }),
        lost(4, { applied: true }),
        lost(5, { presence: 'unknown' }),
      ],
    });
    for (const words of [
      'yes',
      'no: Changed. (from the old side)',
      'yes, after 0/10',
      'was applied',
      'unknown: too old',
    ])
      expect(text).toContain(words);
    expect(text).toContain('The rest was read from the old side itself: the list is complete.');
    expect(text).toContain('3 lost, 1 in conflict, 1 applied already, 1 unknown.');
  });
});
