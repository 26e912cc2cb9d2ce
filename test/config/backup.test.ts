import { describe, expect, it } from '@jest/globals';
import { parsePlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { isWithinWindow } from '../../lib/config/windows';
import { edit, FILE, VALID } from './fixture';

const BACKUP = 'backup:\n  schedules:\n    nightly: { at: "02:00", covers: [database] }\n';
const DATABASE = /database:\n {2}version[\s\S]*?(?=cache:)/;
/** The fixture with another part `backup`. */
const withBackup = (backup: string): Platform => parsePlatform(edit(VALID, [BACKUP, backup]), FILE);
const notesOn = (backup: string): string[] =>
  withBackup(backup).notes.filter((note) => note.startsWith('backup'));

describe('the archive of the log', () => {
  const archive = (text: string) => withBackup(`backup: { archive: ${text} }\n`).backup.archive;
  const defaults = { mode: 'drain', keylessTables: 'refuse', lockDays: 35, keepDays: 35 };

  it('is on where the file says nothing, true, or gives only some of its settings', () => {
    expect(withBackup('').backup.archive).toEqual({ ...defaults, enabled: true });
    expect(archive('true')).toEqual({ ...defaults, enabled: true });
    expect(archive('{ mode: service, lockDays: 7 }')).toEqual({
      ...defaults,
      enabled: true,
      mode: 'service',
      lockDays: 7,
      keepDays: 7,
    });
  });

  it('is off where the file says false, in either form', () => {
    expect(archive('false')).toEqual({ ...defaults, enabled: false });
    expect(archive('{ enabled: false }')).toEqual({ ...defaults, enabled: false });
  });

  it('is off without a managed database, whatever the default is', () => {
    const without = edit(
      VALID.replace(DATABASE, '').replaceAll('      DATABASE_USER: database.username\n', ''),
      ['covers: [database]', 'covers: [configuration]'],
    );
    expect(parsePlatform(without, FILE).backup.archive.enabled).toBe(false);
  });

  it('is kept as far as the daily copies and point-in-time restore reach back, and as it is locked', () => {
    expect(withBackup('backup: { keep: { daily: 60 } }\n').backup.archive.keepDays).toBe(60);
    expect(archive('{ lockDays: 90 }').keepDays).toBe(90);
    expect(archive('{ lockDays: 2 }').keepDays).toBe(7);
    expect(archive('{ lockDays: 2, keepDays: 3 }').keepDays).toBe(3);
  });
});

describe('the schedules', () => {
  it('cover only what the platform has where the file does not write them', () => {
    const without = edit(
      VALID,
      [BACKUP, ''],
      ['cache:\n  replicas: 2\n', ''],
      ['      CACHE_PASSWORD: cache.password\n', ''],
    );
    expect(parsePlatform(without, FILE).backup.schedules).toEqual([
      { name: 'nightly', at: '02:00', covers: ['database', 'configuration'] },
    ]);
  });

  it('are said to meet the hours in which AWS works on the same store', () => {
    const at = (time: string, covers: string) =>
      notesOn(`backup: { schedules: { nightly: { at: "${time}", covers: [${covers}] } } }\n`);
    expect(at('04:59', 'database')).toEqual([
      'backup.schedules.nightly: 04:59 is within 04:00-05:00 UTC, in which RDS takes its own backup; the copy may be late.',
    ]);
    expect(at('05:30', 'database, cache')).toEqual([
      expect.stringContaining('RDS may maintain the database of home'),
      expect.stringContaining('ElastiCache may maintain the cache'),
    ]);
    expect(at('05:00', 'database')).toEqual([]);
    expect(at('04:30', 'configuration')).toEqual([]);
  });
});

describe('a window', () => {
  it('holds its first minute and not its last', () => {
    const within = (time: string) => isWithinWindow(time, 'sun:05:30-sun:06:30');
    expect(['05:29', '05:30', '06:29', '06:30'].map(within)).toEqual([false, true, true, false]);
  });
});

describe('the number of copies', () => {
  it('is said where RDS does not allow that many', () => {
    expect(notesOn('backup: { keep: { daily: 90, weekly: 4, monthly: 12 } }\n')).toEqual([
      'backup.keep: up to 106 snapshots are kept in each region; RDS allows 100 until its quota is raised.',
    ]);
    expect(notesOn('backup: { keep: { daily: 30, weekly: 4, monthly: 12 } }\n')).toEqual([]);
  });
});

describe('a locked vault', () => {
  it('says what cannot be undone, how long, and until when it still can', () => {
    const [note = '', ...others] = notesOn('backup: { vaultLock: true, keep: { monthly: 2, weekly: 3 } }\n');
    expect(others).toEqual([]);
    expect(note).toContain('cannot be undone');
    expect(note).toContain('3 days after the first deployment');
    expect(note).toContain('up to 62 days in the vault, 35 days in the archive');
  });

  it('is not there, and says nothing, unless the file asks for it', () => {
    expect(withBackup('').backup.vaultLock).toBe(false);
    expect(notesOn('')).toEqual([]);
  });
});

describe('the checks of a restored copy', () => {
  it('come as a list by name, and expect rows where nothing else is said', () => {
    const checks =
      'backup: { checks: { some: { sql: select 1 }, none: { sql: "with x as (select 1) table x", expect: none } } }\n';
    expect(withBackup(checks).backup.checks).toEqual([
      { name: 'none', sql: 'with x as (select 1) table x', expect: 'none' },
      { name: 'some', sql: 'select 1', expect: 'rows' },
    ]);
  });

  it('fit into the environment of a function, or are refused', () => {
    const check = (name: string) => `${name}: { sql: "select '${'x'.repeat(900)}'" }`;
    const checks = (...names: string[]) => `backup: { checks: { ${names.map(check).join(', ')} } }\n`;
    expect(withBackup(checks('a', 'b')).backup.checks).toHaveLength(2);
    expect(() => withBackup(checks('a', 'b', 'c'))).toThrow(/backup\.checks: 2742 characters are too many/);
  });
});
