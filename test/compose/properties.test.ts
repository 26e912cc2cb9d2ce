// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose writes its variables so
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { type Imported, importCompose } from '../../lib/compose/import-compose';
import { problemLine, remarkLine } from '../../lib/compose/report';
import { parsePlatform } from '../../lib/config/load';

// A failure is made small for some seconds and not for minutes.
const RUNS = { numRuns: 40, interruptAfterTimeLimit: 10_000 };

function imported(texts: readonly string[]): Imported {
  const files = new Map(texts.map((text, i) => [`compose-${i}.yaml`, text]));
  return importCompose(
    {
      files: [...files.keys()],
      envFiles: [],
      environment: { TAG: '1.2.3' },
      read: (path) => (path === 'app.env' ? 'A=1\nTOKEN=hidden-in-file\n' : files.get(path)),
    },
    { size: 'small', profiles: [], folderName: 'folder', schema: 'platform.schema.json' },
  );
}

/** What must hold whatever comes in: a file that validates, or at least one problem; every line is one line. */
function expectAnAnswer(result: Imported): void {
  if (result.kind === 'platform') expect(parsePlatform(result.text, 'x.yaml').name).toBe(result.name);
  else expect(result.problems.length).toBeGreaterThan(0);
  const lines = [
    ...result.remarks.map(remarkLine),
    ...(result.kind === 'problems' ? result.problems.map(problemLine) : []),
  ];
  expect(lines.filter((line) => line.includes('\n') || !/^\S+:\d+/.test(line))).toEqual([]);
}

const NAMES = [
  'web',
  'api',
  'db',
  'redis',
  'worker',
  'My_Service',
  'constructor',
  '__proto__',
  '9lives',
  'x'.repeat(40),
];
const IMAGES = [
  'nginx',
  'postgres:16',
  'redis:7',
  'acme/web:1.0',
  'mysql:8',
  'rabbitmq:3',
  'minio/minio',
  'ghcr.io/a/b',
  'UPPER/Case:1',
  'localhost:5000/x',
  '${TAG}',
  ':',
  'a@sha256:1',
];
const name = fc.constantFrom(...NAMES);
const scalar = fc.oneof(
  fc.constantFrom(
    '8080:80',
    '443',
    '127.0.0.1:5432:5432',
    '9000-9002:9000-9002',
    '53:53/udp',
    'http://web:80',
    '$BAD ${',
    '${NONE:?set it}',
    '10s',
    '512M',
    '0.5',
    'db',
    '',
  ),
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -5, max: 70_000 }),
  fc.boolean(),
  fc.constant(null),
);
const loose = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'target', 'source', 'path', 'A_TOKEN', 'condition'), scalar, {
    maxKeys: 3,
  }),
);
const environment = fc.dictionary(
  fc.constantFrom(
    'DATABASE_URL',
    'DATABASE_HOST',
    'REDIS_URL',
    'SECRET_KEY',
    'PORT',
    'LOG',
    'API_URL',
    'X_FILE',
    'bad-name',
    'BUCKET',
    'PGUSER',
  ),
  fc.oneof(
    scalar,
    fc.constantFrom('postgres://u:p4ss@db:5432/x', 'redis://redis:6379', '/run/secrets/one', 'api'),
  ),
  { maxKeys: 5 },
);
const labels = fc.dictionary(
  fc.constantFrom(
    'traefik.http.routers.a.rule',
    'traefik.http.routers.b.rule',
    'traefik.http.services.a.loadbalancer.server.port',
    'traefik.enable',
    'x',
  ),
  fc.oneof(
    scalar,
    fc.constantFrom(
      'Host(`a.example.org`) && PathPrefix(`/api`)',
      'Host(`b.example.org`) || Path(`/x y`)',
      'PathPrefix(`/`)',
      'Host(`',
    ),
  ),
  { maxKeys: 3 },
);

/** Well-formed as a rule, so that some projects get as far as a platform. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: loose });
const rarely = mostly(fc.constant(undefined));
const condition = fc.constant({ condition: 'service_completed_successfully' });

/** A service as Compose has it, with a few things that no one would write. */
const service = fc.record(
  {
    image: mostly(fc.constantFrom(...IMAGES)),
    build: mostly(fc.constantFrom('.', './x')),
    command: mostly(fc.constantFrom('sh -c "a migrate && b"', 'run --password=hidden', "it's", 'beat')),
    entrypoint: rarely,
    environment: mostly(environment),
    env_file: mostly(fc.constantFrom('app.env', 'none.env')),
    ports: mostly(fc.array(fc.constantFrom('8080:80', '80', '5432:5432'), { maxLength: 3 })),
    expose: rarely,
    volumes: mostly(
      fc.array(
        fc.constantFrom('data:/data', './x.conf:/etc/x.conf', '/var/run/docker.sock:/s', 'data:/a b'),
        {
          maxLength: 3,
        },
      ),
    ),
    depends_on: mostly(
      fc.oneof(fc.array(name, { maxLength: 3 }), fc.dictionary(name, condition, { maxKeys: 2 })),
    ),
    healthcheck: mostly(fc.record({ test: fc.constant('curl http://localhost:81/x'), interval: rarely })),
    deploy: mostly(fc.record({ replicas: rarely, mode: scalar, update_config: loose })),
    labels: mostly(labels),
    secrets: rarely,
    configs: rarely,
    extends: rarely,
    profiles: rarely,
    restart: scalar,
    user: scalar,
    stop_grace_period: rarely,
    tmpfs: rarely,
    networks: rarely,
    read_only: scalar,
    privileged: scalar,
    x_unknown: loose,
  },
  { requiredKeys: [] },
);

const project = fc.record({
  name: scalar,
  services: mostly(fc.dictionary(name, mostly(service), { maxKeys: 4 })),
  secrets: rarely,
  configs: rarely,
  networks: rarely,
  include: rarely,
});

describe('the import of any Compose project', () => {
  it('gives a platform file that validates or says what is wrong, and never fails otherwise', () => {
    let platforms = 0;
    fc.assert(
      fc.property(fc.array(project, { minLength: 1, maxLength: 2 }), (documents) => {
        const result = imported(
          documents.map((document) => stringify(document, { aliasDuplicateObjects: false })),
        );
        if (result.kind === 'platform') platforms += 1;
        expectAnAnswer(result);
      }),
      RUNS,
    );
    expect(platforms).toBeGreaterThan(0);
  });

  it('gives a valid platform for every project that is well-formed', () => {
    const kind = fc.constantFrom(...IMAGES.slice(0, 8));
    const wellFormed = fc.record({
      image: kind,
      ports: fc.uniqueArray(fc.constantFrom('8080:80', '3000:3000', '5432', '9000:9000'), { maxLength: 3 }),
      environment: fc.dictionary(
        fc.constantFrom(
          'DATABASE_URL',
          'DB_HOST',
          'DB_PASSWORD',
          'REDIS_URL',
          'SECRET_KEY',
          'LOG',
          'API_URL',
          'PGUSER',
          'S3_BUCKET',
          'AMQP_URL',
        ),
        fc.constantFrom(
          'postgres://u:p4ss@db:5432/x',
          'redis://redis:6379',
          'amqp://a:b@api',
          'http://web/x',
          'db',
          'plain',
          '',
        ),
        { maxKeys: 6 },
      ),
      depends_on: fc.uniqueArray(fc.constantFrom('web', 'api', 'db', 'redis', 'worker'), { maxLength: 2 }),
      labels: fc.oneof(
        fc.constant({}),
        fc
          .constantFrom('a.example.org', 'b.example.org', 'example.net', 'home.a.example.org')
          .chain((host) =>
            fc
              .constantFrom(`Host(\`${host}\`)`, `Host(\`${host}\`) && PathPrefix(\`/api\`)`)
              .map((rule) => ({ 'traefik.http.routers.r.rule': rule })),
          ),
      ),
      deploy: fc.record({
        replicas: fc.integer({ min: 0, max: 9 }),
        resources: fc.record({
          limits: fc.record({
            cpus: fc.constantFrom('0.1', '2', '20'),
            memory: fc.constantFrom('64M', '3G', '400G'),
          }),
        }),
      }),
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('web', 'api', 'db', 'redis', 'worker'), wellFormed, { maxKeys: 5 }),
        wellFormed,
        (services, one) => {
          const all = { ...services, app: { ...one, image: 'acme/app:1' } };
          const result = imported([stringify({ services: all }, { aliasDuplicateObjects: false })]);
          expect(result.kind === 'problems' ? result.problems.map(problemLine) : []).toEqual([]);
          expectAnAnswer(result);
        },
      ),
      RUNS,
    );
  });

  it('gives an answer for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.constantFrom('', '- a', 'services: &a [*a]', 'a: 1\na: 2', '\t', 'services: {web: !reset {}}'),
        ),
        (text) => expectAnAnswer(imported([text])),
      ),
      RUNS,
    );
  });

  it('never lets a value of a secret out', () => {
    const secret = fc.stringMatching(/^[a-z]{6}[0-9]{6}[a-z]{6}$/);
    const variable = fc.constantFrom(
      'DB_PASSWORD',
      'JWT_SECRET',
      'API_KEY',
      'AUTH_TOKEN',
      'SMTP_PASS',
      'SENTRY_DSN',
    );
    fc.assert(
      fc.property(secret, variable, (value, key) => {
        const web = {
          image: 'acme/web:1',
          ports: ['80:80'],
          environment: {
            [key]: value,
            LINK: `amqp://user:${value}@broker.example.com/x`,
            BACKEND: `postgres://u:${value}@db/x`,
          },
          command: ['serve', `--password=${value}`],
          labels: { 'traefik.http.middlewares.a.basicauth.users': `me:${value}` },
        };
        const db = { image: 'postgres:17', environment: { POSTGRES_PASSWORD: value } };
        expect(JSON.stringify(imported([stringify({ services: { web, db } })]))).not.toContain(value);
      }),
      { numRuns: 20 },
    );
  });
});
