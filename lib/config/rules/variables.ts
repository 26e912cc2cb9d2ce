import { isReservedVariable } from '../environment';
import { noSuch } from '../suggest';
import { eachService, type Rule } from './rule';

export const variablesAreNotReserved = eachService(function* (service, path, { declared }) {
  const buckets = declared(['buckets']);
  for (const key of ['environment', 'secrets'] as const) {
    for (const name of Object.keys(service[key])) {
      if (isReservedVariable(name, buckets)) {
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
