import { askedArchive, coverable } from '../resolve-backup';
import type { Rule } from './rule';

const SCHEDULES = ['backup', 'schedules'];
const ARCHIVE = ['backup', 'archive'];
const CHECKS = ['backup', 'checks'];

/** A schedule that the file itself writes must find what it covers. */
export const schedulesCoverSomething: Rule = function* ({ document, declared }) {
  const there = coverable(document);
  for (const name of declared(SCHEDULES)) {
    for (const [i, part] of (document.backup.schedules[name]?.covers ?? []).entries()) {
      if (there[part]) continue;
      const what = part === 'database' ? 'managed database' : part;
      yield {
        path: [...SCHEDULES, name, 'covers', i],
        because: [[part]],
        message: `the platform has no ${what} to back up; leave ${part} out.`,
      };
    }
  }
};

/** Two copies of one thing at one time: the service refuses one of them. */
export const schedulesDoNotCollide: Rule = function* ({ document, declared }) {
  const taken = new Map<string, string>();
  for (const name of declared(SCHEDULES)) {
    const schedule = document.backup.schedules[name];
    for (const part of new Set(schedule?.covers ?? [])) {
      const key = `${part} ${schedule?.at}`;
      const other = taken.get(key);
      if (other !== undefined) {
        yield {
          path: [...SCHEDULES, name, 'at'],
          because: [[...SCHEDULES, other]],
          message: `at ${schedule?.at} the schedule ${other} copies ${part} already; choose another time, or leave ${part} out.`,
        };
      } else taken.set(key, name);
    }
  }
};

/** What the file asks for by itself must find a database that Holdfast runs. */
export const onlyWithAManagedDatabase: Rule = function* ({ document: { backup, database }, declared }) {
  if (database?.kind === 'managed') return;
  const because = [['database']];
  // The archive is on by default, so only a file that writes its settings asks for it.
  if (declared(ARCHIVE).length > 0 && askedArchive(backup).enabled) {
    yield {
      path: ARCHIVE,
      because,
      message: 'the platform has no managed database whose log could be archived; leave it out.',
    };
  }
  if (backup.vaultLock) {
    yield {
      path: ['backup', 'vaultLock'],
      because,
      message: 'the platform has no managed database to copy into a locked vault; leave it out.',
    };
  }
  for (const name of declared(CHECKS)) {
    yield {
      path: [...CHECKS, name],
      because,
      message: 'the platform has no managed database to ask; leave it out.',
    };
  }
};

/** S3 deletes nothing that is locked: an end before that of the lock would only look like one. */
export const keptPastTheLock: Rule = function* ({ document: { backup }, written }) {
  const { lockDays, keepDays } = askedArchive(backup);
  if (keepDays === undefined || keepDays >= lockDays) return;
  const [keep, lock] = [
    [...ARCHIVE, 'keepDays'],
    [...ARCHIVE, 'lockDays'],
  ];
  yield {
    path: written(keep, lock),
    because: [lock],
    message: `what is locked for ${lockDays} days cannot be deleted after ${keepDays}; allowed: at least ${lockDays}, or fewer lockDays.`,
  };
};

/** A query begins with one of these. The copy refuses a write all the same; this says so before it is deployed. */
const QUERY = /^\s*(select|with|table|values)\b/i;

export const checksOnlyRead: Rule = function* ({ document: { backup } }) {
  for (const [name, { sql }] of Object.entries(backup.checks)) {
    if (QUERY.test(sql)) continue;
    yield {
      path: [...CHECKS, name, 'sql'],
      message: 'a check only reads; allowed: one query that begins with select, with, table or values.',
    };
  }
};

/** They travel in the environment of a function, which has 4 KB. */
const ALL_CHECKS_CHARACTERS = 2000;

export const checksFit: Rule = function* ({ document: { backup } }) {
  const characters = Object.entries(backup.checks).reduce(
    (sum, [name, { sql, expect }]) => sum + name.length + sql.length + expect.length,
    0,
  );
  if (characters <= ALL_CHECKS_CHARACTERS) return;
  yield {
    path: CHECKS,
    message: `${characters} characters are too many; allowed: at most ${ALL_CHECKS_CHARACTERS} in all names, queries and answers together. Put what is long into a view of the database.`,
  };
};
