import {
  CACHE_SECRET_FIELD,
  DATABASE_SECRET_FIELDS,
  RANDOM_SECRET_FIELD,
} from '../../../lambda/secret-rotation/contract';
import type { Path } from '../problem';
import { queueLogin } from '../service-queues';
import { didYouMean, noSuch, oneOf } from '../suggest';
import { eachService, type Finding, type Rule, type RuleContext } from './rule';

/** Secrets that Holdfast makes and keeps itself, with the fields that a service may read. */
export const BUILT_IN_SECRETS = {
  database: DATABASE_SECRET_FIELDS,
  cache: [CACHE_SECRET_FIELD],
} as const;
/** The login of a broker has the same fields. */
const LOGIN_FIELDS = DATABASE_SECRET_FIELDS;
/** Users of the database that are not fenced, and why: a service must not be one of them. */
const UNFENCED: Readonly<Record<string, string>> = {
  'database-owner': 'owns the tables',
  'database-agent': 'opens and closes the fence',
  'database-archive': 'reads the log of the database',
  'database-monitor': 'reads the statistics of the database',
};

export const serviceSecretsExist = eachService(function* (service, path, context) {
  for (const [variable, reference] of Object.entries(service.secrets)) {
    const [name = '', field] = reference.split('.');
    yield* secretProblem(name, field, [...path, 'secrets', variable], context);
  }
});

function* secretProblem(
  name: string,
  field: string | undefined,
  path: Path,
  { document, declared }: RuleContext,
): Iterable<Finding> {
  if (Object.hasOwn(UNFENCED, name)) {
    yield {
      path,
      message: `${name} ${UNFENCED[name]} and cannot be fenced, so no service may use it; allowed: database.username and database.password.`,
    };
  } else if (name === 'database') yield* databaseSecret(field, path, document);
  else if (name === 'cache') {
    if (!document.cache) {
      yield {
        path,
        because: [['cache']],
        message: 'cache is built in only where the file has a cache; there is none.',
      };
    } else yield* fieldProblem('cache', field, BUILT_IN_SECRETS.cache, path);
  } else if (queueOf(name, declared(['queues'])) !== undefined)
    yield* loginProblem(name, field, path, document);
  else if (!declared(['secrets']).includes(name)) {
    const existing = [...declared(['secrets']), ...Object.keys(BUILT_IN_SECRETS)];
    yield { path, because: [['secrets']], message: noSuch('secret', name, existing) };
  } else if (document.secrets[name]?.generate) {
    yield* fieldProblem(name, field, [RANDOM_SECRET_FIELD], path, [['secrets', name]]);
  }
}

const queueOf = (login: string, queues: readonly string[]): string | undefined =>
  queues.find((queue) => queueLogin(queue) === login);

function* loginProblem(
  name: string,
  field: string | undefined,
  path: Path,
  { queues }: RuleContext['document'],
): Iterable<Finding> {
  const queue = queueOf(name, Object.keys(queues)) ?? '';
  const because = [['queues', queue]];
  if (queues[queue]?.engine === 'sqs') {
    yield {
      path,
      because,
      message: `the queue ${queue} is of sqs, which knows no login; name it in the queues of the service instead.`,
    };
  } else yield* fieldProblem(name, field, LOGIN_FIELDS, path, because);
}

function* databaseSecret(
  field: string | undefined,
  path: Path,
  { database }: RuleContext['document'],
): Iterable<Finding> {
  const because = [['database']];
  if (!database) {
    yield {
      path,
      because,
      message: 'database is built in only where the file has a database; there is none.',
    };
  } else if (database.kind === 'external') {
    yield {
      path,
      because,
      message: `database is built in only for a managed database; this one is external, its secret is ${database.secret}.`,
    };
  } else yield* fieldProblem('database', field, BUILT_IN_SECRETS.database, path);
}

function* fieldProblem(
  name: string,
  field: string | undefined,
  fields: readonly string[],
  path: Path,
  because: readonly Path[] = [],
): Iterable<Finding> {
  if (field === undefined || fields.includes(field)) return;
  yield {
    path,
    because,
    message: `the secret ${name} has no field ${field};${didYouMean(field, fields)} allowed: ${oneOf(fields)}.`,
  };
}

export const secretNamesAreFree: Rule = function* ({ document }) {
  for (const name of Object.keys(document.secrets)) {
    if (Object.hasOwn(UNFENCED, name) || Object.hasOwn(BUILT_IN_SECRETS, name)) {
      yield { path: ['secrets', name], message: `${name} is built in; choose another name.` };
    }
  }
};

/**
 * ECS finds a secret by its name, without the hyphen and six characters that Secrets Manager adds to the ARN. A name that
 * itself ends so is taken for a whole ARN, and not found.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export const secretNamesAreFound: Rule = function* ({ document }) {
  const names = (['secrets', 'files'] as const).flatMap((part) =>
    Object.keys(document[part]).map((name) => ({ part, name })),
  );
  for (const { part, name } of names) {
    const ending = /-[a-z0-9]{6}$/.exec(name)?.[0];
    if (ending !== undefined) {
      yield {
        path: [part, name],
        message: `${name} ends in a hyphen and six characters (${ending}), as AWS ends an ARN, and would not be found; choose another name.`,
      };
    }
  }
};

export const onlyGeneratedOnesRotate: Rule = function* ({ document }) {
  for (const [name, { generate, rotateDays }] of Object.entries(document.secrets)) {
    if (rotateDays !== undefined && !generate) {
      yield {
        path: ['secrets', name, 'rotateDays'],
        because: [['secrets', name, 'generate']],
        message: 'only a generated value can be rotated; set generate: true, or leave it out.',
      };
    }
  }
};

/** Everything else in the file that names a secret. */
export const otherSecretsExist: Rule = function* ({ document, declared }) {
  const { alerts, database } = document;
  const named: [Path, string | undefined][] = [[['alerts', 'slackWebhook'], alerts?.slackWebhook]];
  for (const [name, receiver] of Object.entries(alerts?.receivers ?? {})) {
    named.push([['alerts', 'receivers', name, 'pagerDuty'], receiver.pagerDuty]);
    named.push([['alerts', 'receivers', name, 'webhook'], receiver.webhook]);
  }
  if (database?.kind === 'external') named.push([['database', 'secret'], database.secret]);
  const existing = declared(['secrets']);
  for (const [path, name] of named) {
    if (name !== undefined && !existing.includes(name)) {
      yield { path, because: [['secrets']], message: noSuch('secret', name, existing) };
    }
  }
};
