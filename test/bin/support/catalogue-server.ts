import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the account may use and what AWS sells; a test changes it. */
export interface Catalogue {
  concurrentExecutions: number;
  /** By quota code; 1000 for those that are not named. */
  quotas: Readonly<Record<string, number>>;
  databaseVersions: readonly string[];
  cacheVersions: readonly string[];
  /** Letters of the zones in which database classes are sold. */
  databaseZones: readonly string[];
}

export interface CatalogueServer {
  readonly url: string;
  readonly catalogue: Catalogue;
  stop(): Promise<void>;
}

/**
 * Answers the few questions that moto does not know, on loopback: the limits of Lambda, Service Quotas, and what RDS
 * and ElastiCache sell. Every other question is an error, so that a new one shows. It checks no signature.
 */
export async function startCatalogueServer(): Promise<CatalogueServer> {
  const catalogue: Catalogue = {
    concurrentExecutions: 1000,
    quotas: {},
    databaseVersions: ['17.5', '17.6'],
    cacheVersions: ['7.2', '8.0'],
    databaseZones: ['a', 'b', 'c'],
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { status, type, text } = answer(request, body, catalogue);
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    catalogue,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}
const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/x-amz-json-1.1',
  text: JSON.stringify(value),
});
const list = (name: string, items: readonly string[]): string =>
  `<${name}s>${items.map((item) => `<${name}>${item}</${name}>`).join('')}</${name}s>`;

function answer(request: IncomingMessage, body: string, catalogue: Catalogue): Answer {
  if (request.method === 'GET' && request.url?.endsWith('/account-settings')) {
    return json(200, { AccountLimit: { ConcurrentExecutions: catalogue.concurrentExecutions } });
  }
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  if (target === 'GetServiceQuota') return json(400, { __type: 'NoSuchResourceException', message: 'none' });
  if (target === 'GetAWSDefaultServiceQuota') {
    const { QuotaCode } = JSON.parse(body) as { QuotaCode: string };
    return json(200, { Quota: { QuotaCode, Value: catalogue.quotas[QuotaCode] ?? 1000 } });
  }
  const asked = new URLSearchParams(body);
  const action = asked.get('Action') ?? '';
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const result = sold(action, asked, region, catalogue);
  if (result === undefined)
    return json(400, { __type: 'InvalidAction', message: `not known: ${action}${target}` });
  const text = `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
  return { status: 200, type: 'text/xml', text };
}

function sold(
  action: string,
  asked: URLSearchParams,
  region: string,
  catalogue: Catalogue,
): string | undefined {
  switch (action) {
    case 'DescribeDBInstances':
      return '<DBInstances></DBInstances>';
    case 'DescribeDBEngineVersions':
      return list(
        'DBEngineVersion',
        catalogue.databaseVersions.map((one) => `<EngineVersion>${one}</EngineVersion>`),
      );
    case 'DescribeOrderableDBInstanceOptions': {
      const zones = catalogue.databaseZones.map((letter) => `<Name>${region}${letter}</Name>`);
      const options = ['gp3', 'io1'].map(
        (storage) =>
          `<DBInstanceClass>${asked.get('DBInstanceClass')}</DBInstanceClass><MultiAZCapable>true</MultiAZCapable>` +
          `<StorageType>${storage}</StorageType>${list('AvailabilityZone', zones)}`,
      );
      return list('OrderableDBInstanceOption', options);
    }
    case 'DescribeCacheEngineVersions':
      return list(
        'CacheEngineVersion',
        catalogue.cacheVersions.map((one) => `<EngineVersion>${one}</EngineVersion>`),
      );
    case 'DescribeReservedCacheNodesOfferings':
      return list('ReservedCacheNodesOffering', [
        `<CacheNodeType>${asked.get('CacheNodeType')}</CacheNodeType>`,
      ]);
    default:
      return undefined;
  }
}
