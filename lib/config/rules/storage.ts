import { noSuch } from '../suggest';
import { eachService, type Rule } from './rule';

/** Buckets that Holdfast makes itself: access logs, and the archive of the database. */
const OWN_BUCKETS = ['logs', 'archive'];

export const bucketNamesAreFree: Rule = function* ({ document }) {
  for (const name of Object.keys(document.buckets)) {
    if (OWN_BUCKETS.includes(name)) {
      yield {
        path: ['buckets', name],
        message: `${name} is a bucket of Holdfast's own; choose another name.`,
      };
    }
  }
};

export const serviceBucketsExist = eachService(function* (service, path, { declared }) {
  const buckets = declared(['buckets']);
  for (const [i, name] of service.buckets.entries()) {
    if (buckets.includes(name)) continue;
    yield { path: [...path, 'buckets', i], because: [['buckets']], message: noSuch('bucket', name, buckets) };
  }
});

/** S3 refuses a move to a cheaper class at or after the end of the object. */
export const moveBeforeTheEnd: Rule = function* ({ document }) {
  for (const [name, { expireDays, infrequentAccessDays }] of Object.entries(document.buckets)) {
    if (expireDays === undefined || infrequentAccessDays === undefined) continue;
    if (infrequentAccessDays < expireDays) continue;
    yield {
      path: ['buckets', name, 'infrequentAccessDays'],
      because: [['buckets', name, 'expireDays']],
      message: `${infrequentAccessDays} days are not before the end of the objects after ${expireDays} days.`,
    };
  }
};

/** A schedule that the file itself writes must find what it covers. */
export const schedulesCoverSomething: Rule = function* ({ document, declared }) {
  const { database, cache, buckets, backup } = document;
  const there = {
    database: database?.kind === 'managed',
    cache: cache !== undefined,
    buckets: Object.keys(buckets).length > 0,
    configuration: true,
  };
  for (const name of declared(['backup', 'schedules'])) {
    for (const [i, part] of (backup.schedules[name]?.covers ?? []).entries()) {
      if (there[part]) continue;
      const what = part === 'database' ? 'managed database' : part;
      yield {
        path: ['backup', 'schedules', name, 'covers', i],
        because: [[part]],
        message: `the platform has no ${what} to back up; leave ${part} out.`,
      };
    }
  }
};

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html; ten are left to Holdfast. */
const MOST_TAGS = 40;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export const tagsAreLegal: Rule = function* ({ document: { tags } }) {
  for (const [key, value] of Object.entries(tags)) {
    const path = ['tags', key];
    if (/^aws:/i.test(key))
      yield { path, message: 'keys that begin with aws: belong to AWS; choose another one.' };
    if (!TAG_TEXT.test(key) || !TAG_TEXT.test(value)) {
      yield { path, message: 'a tag holds letters, digits, spaces and _ . : / = + - @ only.' };
    }
  }
  const count = Object.keys(tags).length;
  if (count > MOST_TAGS)
    yield { path: ['tags'], message: `${count} tags are too many; allowed: at most ${MOST_TAGS}.` };
};
