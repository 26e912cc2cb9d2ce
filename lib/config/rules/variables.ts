import { posix } from 'node:path';
import { isReservedVariable } from '../environment';
import type { PlatformDocument } from '../schema/platform';
import { noSuch } from '../suggest';
import { eachService, type Finding, type Rule } from './rule';

export const variablesAreNotReserved = eachService(function* (service, path, { declared }) {
  const buckets = declared(['buckets']);
  const queues = declared(['queues']);
  for (const key of ['environment', 'secrets'] as const) {
    for (const name of Object.keys(service[key])) {
      if (isReservedVariable(name, buckets, queues)) {
        yield { path: [...path, key, name], message: `${name} is set by Holdfast; choose another name.` };
      }
    }
  }
});

export const variablesAreSetOnce = eachService(function* (service, path) {
  for (const name of Object.keys(service.secrets)) {
    if (Object.hasOwn(service.environment, name)) {
      yield {
        path: [...path, 'secrets', name],
        because: [[...path, 'environment', name]],
        message: `${name} is also in environment; a variable has one value.`,
      };
    }
  }
});

export const filesHaveServices: Rule = function* ({ document, declared }) {
  const services = declared(['services']);
  for (const [name, file] of Object.entries(document.files)) {
    for (const [i, service] of file.services.entries()) {
      if (services.includes(service)) continue;
      yield {
        path: ['files', name, 'services', i],
        because: [['services']],
        message: noSuch('service', service, services),
      };
    }
  }
};

/** Two files at one path of one container: which of them is read would be luck. */
export const filesHaveTheirOwnPath: Rule = function* ({ document }) {
  const taken = new Map<string, string>();
  for (const [name, file] of Object.entries(document.files)) {
    for (const service of new Set(file.services)) {
      const key = `${service} ${file.path}`;
      const other = taken.get(key);
      if (other !== undefined) {
        yield {
          path: ['files', name, 'path'],
          because: [['files', other]],
          message: `${file.path} of the service ${service} is already that of files.${other}.`,
        };
      } else taken.set(key, name);
    }
  }
};

export const folderOf = (path: string): string => posix.dirname(path);
export const isWithinFolder = (folder: string, other: string): boolean =>
  folder === other || folder.startsWith(other === '/' ? '/' : `${other}/`);
/** Folders that every image needs as it has them. */
const OF_THE_IMAGE =
  /^\/(bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)?(\/(local|bin|sbin|lib|share|etc|ssl|run|log))*$/;

const isWholePath = (path: string): boolean => path === posix.normalize(path) && !path.endsWith('/');
/** @returns whether a file may be mounted at a path as far as the images are concerned, which are not looked into */
export const mayBeMounted = (path: string): boolean =>
  isWholePath(path) && !OF_THE_IMAGE.test(folderOf(path));

/** A folder with configuration files is mounted over that of the image, so nothing else may be in it. */
export const filesHaveAFolderOfTheirOwn: Rule = function* ({ document }) {
  for (const [name, file] of Object.entries(document.files)) {
    const path = ['files', name, 'path'];
    const folder = folderOf(file.path);
    if (!isWholePath(file.path)) {
      yield {
        path,
        message: `${file.path} is no path of a file; allowed: a whole path without . or .. in it.`,
      };
    } else if (OF_THE_IMAGE.test(folder)) {
      yield {
        path,
        message: `the folder ${folder} would hide what the image has in ${folder}; choose a folder of its own, for example /etc/${document.name}/${posix.basename(file.path)}.`,
      };
    } else yield* foldersInTheWay(document, name, folder);
  }
};

function* foldersInTheWay(document: PlatformDocument, name: string, folder: string): Iterable<Finding> {
  const path = ['files', name, 'path'];
  const services = document.files[name]?.services ?? [];
  for (const service of services) {
    const { readOnlyRoot = true, writablePaths = [] } = document.services[service]?.container ?? {};
    const writable = writablePaths.find((one) => isWithinFolder(folder, one) || isWithinFolder(one, folder));
    if (readOnlyRoot && writable !== undefined) {
      yield {
        path,
        because: [['services', service, 'container', 'writablePaths']],
        message: `the folder ${folder} and the writable ${writable} of the service ${service} lie within each other; choose another one.`,
      };
    }
    const nested = Object.entries(document.files).find(
      ([, other]) =>
        other.services.includes(service) &&
        folderOf(other.path) !== folder &&
        isWithinFolder(folderOf(other.path), folder),
    );
    if (nested) {
      yield {
        path,
        because: [['files', nested[0]]],
        message: `the folder ${folder} holds that of files.${nested[0]} of the service ${service}; put both into one folder, or next to each other.`,
      };
    }
  }
}
