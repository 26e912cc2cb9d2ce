import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly body: Json;
}
/** What a fault does in the place of the usual answer: a status with a body, or no answer at all. */
export type Fault = { readonly status: number; readonly body?: string } | 'silence';

/** Behaves like the part of Grafana's HTTP API that is in use, over real connections. */
export interface GrafanaServer {
  readonly base: string;
  readonly asked: readonly Asked[];
  readonly folders: Map<string, Json>;
  readonly sources: Map<string, Json>;
  readonly dashboards: Map<
    string,
    { readonly dashboard: Json; readonly folderUid: string; readonly version: number }
  >;
  readonly plugins: Set<string>;
  /** Plugins that can be installed. */
  readonly catalogue: Set<string>;
  /** Tokens that count; all others are answered with 401. */
  readonly tokens: Set<string>;
  /** Asked first for each request; undefined: the usual answer. */
  fault: (asked: Asked) => Fault | undefined;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const ok = (body: unknown): Answer => ({ status: 200, body });
const no = (status: number, message: string): Answer => ({ status, body: { message } });
const NOT_FOUND = no(404, 'Not found');

export async function startGrafana(): Promise<GrafanaServer> {
  const asked: Asked[] = [];
  const http = createServer((incoming, response) => {
    void (async () => {
      const request = await read(incoming);
      asked.push(request.asked);
      const fault = grafana.fault(request.asked);
      if (fault === 'silence') return;
      if (fault) return response.writeHead(fault.status).end(fault.body ?? '');
      const key = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
      const { status, body } = grafana.tokens.has(key)
        ? answerOf(grafana, request.asked, request.query)
        : no(401, 'Invalid API key');
      return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const grafana: GrafanaServer = {
    base: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked,
    folders: new Map(),
    sources: new Map(),
    dashboards: new Map(),
    plugins: new Set(['grafana-amazonprometheus-datasource']),
    catalogue: new Set(),
    tokens: new Set(),
    fault: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return grafana;
}

async function read(incoming: IncomingMessage): Promise<{ asked: Asked; query: URLSearchParams }> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  const url = new URL(incoming.url ?? '', 'http://grafana');
  const body = text === '' ? {} : (JSON.parse(text) as Json);
  return { asked: { method: incoming.method ?? '', path: url.pathname, body }, query: url.searchParams };
}

function answerOf(grafana: GrafanaServer, asked: Asked, query: URLSearchParams): Answer {
  const [, , kind, ...rest] = asked.path.split('/').map(decodeURIComponent);
  switch (kind) {
    case 'folders':
      return folders(grafana, asked, rest[0]);
    case 'datasources':
      return sources(grafana, asked, rest[1]);
    case 'dashboards':
      return dashboards(grafana, asked, rest[1]);
    case 'plugins':
      return plugins(grafana, rest[0] ?? '', rest[1]);
    case 'search':
      return search(grafana, query);
    default:
      return NOT_FOUND;
  }
}

function folders({ folders: all }: GrafanaServer, { method, body }: Asked, uid = String(body.uid)): Answer {
  const found = all.get(uid);
  if (method === 'GET') return found ? ok(found) : NOT_FOUND;
  if (method === 'POST' && (found || [...all.values()].some(({ title }) => title === body.title))) {
    return no(409, 'a folder with the same name already exists in the current location');
  }
  if (method === 'PUT' && body.overwrite !== true && body.version !== found?.version) {
    return no(412, 'the folder has been changed by someone else');
  }
  all.set(uid, { uid, title: body.title, version: Number(found?.version ?? 0) + 1 });
  return ok(all.get(uid));
}

function sources({ sources: all }: GrafanaServer, { method, body }: Asked, uid = String(body.uid)): Answer {
  const found = all.get(uid);
  if (method === 'GET') return found ? ok(found) : NOT_FOUND;
  const named = [...all.entries()].find(([other, { name }]) => name === body.name && other !== uid);
  if (named || (method === 'POST' && found)) {
    return no(409, 'data source with the same name already exists');
  }
  if (method === 'PUT' && body.version !== undefined && body.version !== found?.version) {
    return no(409, 'Datasource has already been updated by someone else. Please reload and try again');
  }
  all.set(uid, { ...body, uid, version: Number(found?.version ?? 0) + 1 });
  return ok(all.get(uid));
}

function dashboards(
  { dashboards: all, folders: known }: GrafanaServer,
  { method, body }: Asked,
  uid = '',
): Answer {
  if (method === 'DELETE') return all.delete(uid) ? ok({}) : NOT_FOUND;
  const dashboard = body.dashboard as Json;
  const own = String(dashboard.uid);
  const found = all.get(own);
  if (!known.has(String(body.folderUid))) return no(400, 'folder not found');
  if (dashboard.id !== null) return no(404, 'Dashboard not found');
  if (found && body.overwrite !== true) {
    return {
      status: 412,
      body: { status: 'version-mismatch', message: 'The dashboard has been changed by someone else' },
    };
  }
  const version = (found?.version ?? 0) + 1;
  all.set(own, { dashboard, folderUid: String(body.folderUid), version });
  return ok({ uid: own, status: 'success', version });
}

function plugins({ plugins: all, catalogue }: GrafanaServer, id: string, what: string | undefined): Answer {
  if (what === 'settings')
    return all.has(id) ? ok({ id }) : no(404, 'Plugin not found, no installed plugin with that id');
  if (all.has(id)) return no(409, 'Plugin already installed');
  if (!catalogue.has(id)) return no(404, 'Plugin not found');
  all.add(id);
  return ok({});
}

function search({ dashboards: all }: GrafanaServer, query: URLSearchParams): Answer {
  const found = [...all.values()].filter(
    ({ dashboard, folderUid }) =>
      folderUid === query.get('folderUIDs') && (dashboard.tags as string[]).includes(query.get('tag') ?? ''),
  );
  return ok(
    found.map(({ dashboard: { uid, title, tags }, folderUid }) => ({
      uid,
      title,
      tags,
      folderUid,
      type: 'dash-db',
    })),
  );
}
