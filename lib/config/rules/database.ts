import { EXISTING_DATABASES, isOwnedParameter, RDS_EXTENSIONS, RESERVED_CONNECTIONS } from '../postgres';
import { homeReplicas, surgeConnections } from '../replicas';
import { askedInstances, type ManagedDatabaseDocument } from '../resolve-data';
import { DATABASE_CLASSES, databaseClass, SIZES } from '../sizes';
import { didYouMean, oneOf } from '../suggest';
import type { Finding, Rule, RuleContext } from './rule';

/** A rule for a platform whose database Holdfast runs. */
const managed = (
  check: (database: ManagedDatabaseDocument, context: RuleContext) => Iterable<Finding>,
): Rule =>
  function* (context) {
    const { database } = context.document;
    if (database?.kind === 'managed') yield* check(database, context);
  };

export const classOrSize = managed(function* (database) {
  const sides = [
    { path: ['database'], ...database },
    { path: ['database', 'standby'], ...database.standby },
  ];
  for (const { path, class: name, cpu, memory } of sides) {
    const given = [...(cpu === undefined ? [] : ['cpu']), ...(memory === undefined ? [] : ['memory'])];
    if (name !== undefined && given.length > 0) {
      yield {
        path: [...path, 'class'],
        because: given.map((key) => [...path, key]),
        message: `${name} says already what ${oneOf(given, 'and')} would; allowed: class, or cpu and memory.`,
      };
    }
  }
});

export const instanceFitsRds = managed(function* (_, { document, written }) {
  const { database } = document;
  if (database?.kind !== 'managed') return;
  const asked = askedInstances(document, database);
  const largest = DATABASE_CLASSES[DATABASE_CLASSES.length - 1];
  for (const [side, path] of [
    ['home', ['database']],
    ['standby', ['database', 'standby']],
  ] as const) {
    const want = asked[side];
    if (side === 'standby' && want === asked.home) continue;
    if ('class' in want || databaseClass(want.cpu, want.memory, SIZES[document.size].database.burstable))
      continue;
    yield {
      path: written([...path, 'memory'], [...path, 'cpu'], path),
      because: [
        [...path, 'cpu'],
        [...path, 'memory'],
      ],
      message: `RDS has no PostgreSQL class of ${want.cpu} vCPU with ${want.memory} GiB; the largest that Holdfast knows is ${largest?.name} (${largest?.cpu} vCPU, ${largest?.memoryGib} GiB). Name another one in class.`,
    };
  }
});

/** RDS refuses a limit of storage autoscaling less than 10 % above the storage. */
const LEAST_GROWTH = 1.1;

export const storageCanGrow = managed(function* ({ storage }, { document }) {
  if (storage.maxGib === undefined) return;
  const gib = storage.gib ?? SIZES[document.size].database.storageGib;
  // Reckoned in tenths, so that 100 GiB need 110 and not a fraction more.
  const least = Math.ceil((gib * LEAST_GROWTH * 10) / 10 - 1e-9);
  if (storage.maxGib >= least) return;
  yield {
    path: ['database', 'storage', 'maxGib'],
    because: [['database', 'storage', 'gib']],
    message: `${storage.maxGib} GiB is too little to grow from ${gib} GiB; RDS asks for at least 10 % more: ${least}.`,
  };
});

/** Parameters for which the file has a key of its own. */
const SAID_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['max_connections', 'database.pool.maxConnections'],
  ['log_min_duration_statement', 'database.slowQueryMilliseconds'],
]);

export const parametersAreFree = managed(function* ({ parameters }) {
  for (const name of Object.keys(parameters)) {
    if (isOwnedParameter(name)) {
      const key = SAID_ELSEWHERE.get(name);
      yield {
        path: ['database', 'parameters', name],
        message:
          key === undefined
            ? `${name} is Holdfast's to decide; leave it out.`
            : `${name} has a key of its own; say it in ${key}.`,
      };
    }
  }
});

export const extensionsExist = managed(function* ({ extensions }) {
  for (const [i, name] of extensions.entries()) {
    const path = ['database', 'extensions', i];
    if (!RDS_EXTENSIONS.includes(name)) {
      yield {
        path,
        message: `RDS has no extension ${name};${didYouMean(name, RDS_EXTENSIONS)} allowed: those of its list, such as pg_trgm, pgcrypto, postgis or vector.`,
      };
    } else if (extensions.indexOf(name) < i) yield { path, message: `${name} is given twice.` };
  }
});

export const databaseNameIsFree = managed(function* ({ name }) {
  if (!EXISTING_DATABASES.includes(name)) return;
  yield {
    path: ['database', 'name'],
    message: `${name} exists on every instance already; choose another name.`,
  };
});

/** Ports that tasks must reach elsewhere: AWS itself, the cache, shared files. */
const PORTS_OF_OTHERS: ReadonlyMap<number, string> = new Map([
  [443, 'AWS itself'],
  [6379, 'the cache'],
  [2049, 'shared files'],
]);

/** On the port of an external database tasks reach its addresses and nothing else, so it must not be another's. */
export const externalPortIsItsOwn: Rule = function* ({ document: { database } }) {
  if (database?.kind !== 'external') return;
  const other = PORTS_OF_OTHERS.get(database.port);
  if (other === undefined) return;
  yield {
    path: ['database', 'port'],
    message: `${database.port} is the port of ${other}, and tasks would reach nothing on it but database.cidr; allowed: a port of its own, such as 5432.`,
  };
};

export const idleWithinOpen = managed(function* ({ pool }, { written }) {
  if (pool.idle <= pool.open) return;
  yield {
    path: written(['database', 'pool', 'idle'], ['database', 'pool', 'open']),
    because: [['database', 'pool']],
    message: `${pool.idle} idle connections are more than the ${pool.open} that may be open.`,
  };
});

/**
 * All tasks together must find a connection when every service is at its largest and one of them is being deployed:
 * stacks are deployed one after the other, so only the largest surge counts.
 */
export const poolsFit = managed(function* ({ pool }, { document, written }) {
  const preset = SIZES[document.size];
  const users = Object.entries(document.services)
    .filter(([, { secrets }]) =>
      Object.values(secrets).some((reference) => reference.split('.')[0] === 'database'),
    )
    .map(([name, { replicas, deployment }]) => {
      const home = homeReplicas(replicas, preset.service);
      return { name, max: home.max, surge: surgeConnections(home, deployment, pool) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
  const deployed = users.reduce((most, user) => (user.surge > most.surge ? user : most), {
    name: '',
    surge: 0,
  });
  const tasks = users.reduce((sum, { max }) => sum + max, 0);
  const limit = pool.maxConnections ?? preset.database.maxConnections;
  const needed = tasks * pool.open + deployed.surge;
  if (needed <= limit - RESERVED_CONNECTIONS) return;
  const places = users.map(({ name, max }) => `${max} of services.${name}.replicas.max`).join(', ');
  yield {
    path: written(
      ['database', 'pool', 'open'],
      ['database', 'pool', 'maxConnections'],
      ['database', 'pool'],
      ['database'],
    ),
    because: [['database', 'pool'], ['services']],
    message: `${tasks} tasks (${places}) with ${pool.open} open connections, and ${deployed.surge} more while ${deployed.name} is deployed, need ${needed}; of maxConnections ${limit}, ${RESERVED_CONNECTIONS} are reserved; allowed: at most ${limit - RESERVED_CONNECTIONS} in all.`,
  };
});
