import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Client, type ClientConfig, Pool } from 'pg';
import {
  BROKEN,
  READ_HEADER,
  type SampleSettings,
  SETTINGS,
  type Started,
  TABLE,
  WRITE_HEADER,
} from './sample-contract';
import { SampleQueue } from './sample-queue';
import { SampleWorker } from './sample-worker';

/**
 * The application that stands in for the image of a service: it answers health checks, tells its metrics, and writes and
 * reads rows through a pool, as applications do; where the service has a queue it
 * sends jobs or works them off. It is a process of its own and is started by its bundle.
 *
 * What it does not do: it has no page and no logic, whatever path is asked it answers the same, and its migration is one table.
 */

const settings = JSON.parse(process.env[SETTINGS] ?? '{}') as SampleSettings;
const { region, healthPath, readinessPath, metricsPath, database, queue: queued } = settings;

/** A pool that finds its database by name each time, as DNS would lead it, and gives up soon. */
const pool = database && makePool(database);
const queue = queued && new SampleQueue(queued);
const worker = queue && pool && queued?.use === 'work' ? new SampleWorker(queue, pool, region) : undefined;
const counts = new Map<string, number>();
const isBroken = process.env[BROKEN] !== undefined;
let leaving = false;

function makePool({
  host,
  name,
  names,
  ca,
  username,
  password,
}: NonNullable<SampleSettings['database']>): Pool {
  const port = (): number =>
    (JSON.parse(readFileSync(names, 'utf8')) as Record<string, number>)[host.toLowerCase()] ?? 1;
  class Session extends Client {
    constructor(config?: ClientConfig | string) {
      // The pool hides the password from whoever copies its settings.
      super({ ...(typeof config === 'object' ? config : {}), password, port: port() });
    }
  }
  const made = new Pool({
    Client: Session,
    max: 5,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 4_000,
    host: '127.0.0.1',
    database: name,
    user: username,
    password,
    ssl: { ca: readFileSync(ca, 'utf8'), servername: host },
    application_name: 'sample',
  });
  // A connection that breaks while nobody uses it; the next one is made anew.
  made.on('error', () => undefined);
  return made;
}

async function answer(request: IncomingMessage): Promise<readonly [number, object | string]> {
  const path = new URL(request.url ?? '/', 'http://sample').pathname;
  const written = request.headers[WRITE_HEADER];
  const read = request.headers[READ_HEADER];
  if (typeof written === 'string') return write(written);
  if (typeof read === 'string') return readRow(read);
  if (path === readinessPath) return ready();
  if (path === metricsPath) return [200, metrics()];
  if (path === healthPath && isBroken) return [500, { status: 'broken' }];
  if (path === healthPath) return [leaving ? 503 : 200, { status: leaving ? 'leaving' : 'ok' }];
  return [200, { service: settings.service, region }];
}

async function write(id: string): Promise<readonly [number, object]> {
  if (!pool) return [200, { region }];
  // The same write again is the same row: so it is harmless to send it twice.
  const { rows } = await pool.query<{ epoch: string; is_new: boolean }>(
    `WITH written AS (INSERT INTO drill_writes (id, region) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id)
     SELECT epoch, EXISTS (SELECT FROM written) AS is_new FROM holdfast.lease`,
    [id, region],
  );
  // Sent again, it is no new work.
  if (queue && rows[0]?.is_new && isJob(id)) await queue.send(id).catch(() => undefined);
  return [200, { region, epoch: Number(rows[0]?.epoch) }];
}

/** One write in ten asks for work that need not be done at once. A job that cannot be sent is none. */
const isJob = (id: string): boolean => id.endsWith('0');

async function readRow(id: string): Promise<readonly [number, object]> {
  if (!pool) return [200, { region }];
  const { rows } = await pool.query<{ epoch: string; found: boolean }>(
    'SELECT epoch, EXISTS (SELECT FROM drill_writes WHERE id = $1) AS found FROM holdfast.lease',
    [id],
  );
  return [200, { region, epoch: Number(rows[0]?.epoch), found: rows[0]?.found === true }];
}

async function ready(): Promise<readonly [number, object]> {
  if (leaving) return [503, { status: 'leaving' }];
  await pool?.query('SELECT 1');
  return [200, { status: 'ready' }];
}

function metrics(): string {
  const lines = [...counts].map(([labels, count]) => `http_requests_total{${labels}} ${count}`);
  const used = pool ? pool.totalCount - pool.idleCount : 0;
  return [
    '# TYPE http_requests_total counter',
    ...lines,
    '# TYPE db_connections_active gauge',
    `db_connections_active ${used}`,
    '',
  ].join('\n');
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  void answer(request)
    .catch(
      (error: unknown) => [503, { error: error instanceof Error ? error.message : String(error) }] as const,
    )
    .then(([status, body]) => {
      const labels = `method="${request.method ?? ''}",status="${status}"`;
      counts.set(labels, (counts.get(labels) ?? 0) + 1);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      // Nobody may wait for more on a connection of a process that ends.
      if (leaving) response.shouldKeepAlive = false;
      response.writeHead(status, {
        'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json',
      });
      response.end(text);
    });
}

async function listen(): Promise<Server> {
  const server = createServer(serve);
  // Longer than the balancer keeps a connection: who closes first must be the balancer.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', done);
  });
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sample application has no port.');
  return address.port;
}

/** What is under way is finished; then nobody needs the database any more. */
async function leave(servers: readonly Server[]): Promise<void> {
  leaving = true;
  await Promise.all(
    servers.map((server) => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      return closed;
    }),
  );
  await worker?.stop();
  await pool?.end();
  process.exit(0);
}

async function start(): Promise<void> {
  // Whoever started it is gone: nothing may be left behind, not even while it starts.
  process.once('disconnect', () => process.exit(0));
  const servers = await Promise.all(
    settings.ports.map(async (containerPort) => [containerPort, await listen()] as const),
  );
  process.once('SIGTERM', () => void leave(servers.map(([, server]) => server)));
  const ports = servers.map(([containerPort, server]) => [String(containerPort), portOf(server)] as const);
  worker?.start();
  process.send?.({ ports: Object.fromEntries(ports) } satisfies Started);
}

/** The migration of the sample: what it makes may be there already. A failure is the exit code. */
async function migrate(): Promise<void> {
  if (!pool) throw new Error('The migration is handed no database.');
  try {
    await pool.query(`${TABLE}; GRANT SELECT, INSERT ON drill_writes TO PUBLIC`);
    console.log('migrated');
  } finally {
    await pool.end();
  }
}

if (settings.migrates) {
  migrate().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  void start();
}
