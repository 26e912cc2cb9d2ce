import { OWN_BUCKETS } from '../names';
import { noSuch } from '../suggest';
import { eachService, type Rule } from './rule';
import { folderOf, isWithinFolder, mayBeMounted } from './variables';

const OWN: readonly string[] = Object.values(OWN_BUCKETS);

export const bucketNamesAreFree: Rule = function* ({ document }) {
  for (const name of Object.keys(document.buckets)) {
    if (OWN.includes(name)) {
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

/** Shared files are mounted over what the image has there, and nothing else may be mounted in or around them. */
export const sharedFilesHaveAPlace = eachService(function* (service, path, { document }) {
  if (!service.sharedFiles) return;
  const folder = service.sharedFiles.path;
  const at = [...path, 'sharedFiles', 'path'];
  if (!mayBeMounted(`${folder}/file`)) {
    yield {
      path: at,
      message: `${folder} is no folder for files alone; allowed: a whole path without . or .. in it that hides nothing of the image, for example /srv/shared.`,
    };
    return;
  }
  const touches = (other: string): boolean => isWithinFolder(folder, other) || isWithinFolder(other, folder);
  const { readOnlyRoot, writablePaths } = service.container;
  const writable = readOnlyRoot ? writablePaths.find(touches) : undefined;
  if (writable !== undefined) {
    yield {
      path: at,
      because: [[...path, 'container', 'writablePaths']],
      message: `${folder} and the writable ${writable} lie within each other; choose another one.`,
    };
  }
  for (const [name, file] of Object.entries(document.files)) {
    if (!file.services.includes(String(path.at(-1))) || !touches(folderOf(file.path))) continue;
    yield {
      path: at,
      because: [['files', name]],
      message: `${folder} and the folder of files.${name} lie within each other; choose another one.`,
    };
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
