import type { Platform } from '../../config/platform';
import type { BuiltRegion } from '../built';
import type { Prices } from '../prices';

/** One price of the table, as the price list is asked for it. */
export interface Question {
  /** What it is the price of. */
  readonly of: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Without the shortcut of a region before it. */
  readonly usageType: RegExp;
  /** @returns the prices with this one in its place */
  readonly put: (prices: Prices, usd: number) => Prices;
}

type Sized = Readonly<Record<string, number>>;
const sized = (table: Sized, name: string, usd: number): Sized => ({ ...table, [name]: usd });

/** What every platform needs, largest first; the rest of the table costs about the same everywhere. */
const COMMON: readonly Question[] = [
  ...(['x86_64', 'arm64'] as const).flatMap((architecture): Question[] => {
    const arm = architecture === 'arm64' ? 'ARM-' : '';
    return [
      {
        of: `an hour of a vCPU (${architecture})`,
        service: 'AmazonECS',
        attributes: { productFamily: 'Compute' },
        usageType: new RegExp(`^Fargate-${arm}vCPU-Hours:perCPU$`),
        put: (prices, usd) => ({
          ...prices,
          fargate: { ...prices.fargate, vcpuHour: { ...prices.fargate.vcpuHour, [architecture]: usd } },
        }),
      },
      {
        of: `an hour of a GiB (${architecture})`,
        service: 'AmazonECS',
        attributes: { productFamily: 'Compute' },
        usageType: new RegExp(`^Fargate-${arm}GB-Hours$`),
        put: (prices, usd) => ({
          ...prices,
          fargate: { ...prices.fargate, gibHour: { ...prices.fargate.gibHour, [architecture]: usd } },
        }),
      },
    ];
  }),
  {
    of: 'a second of a function',
    service: 'AWSLambda',
    attributes: { productFamily: 'Serverless', group: 'AWS-Lambda-Duration-ARM' },
    usageType: /^Lambda-GB-Second-ARM$/,
    put: (prices, usd) => ({ ...prices, lambda: { ...prices.lambda, gibSecondArm: usd } }),
  },
  ...(
    [
      ['an hour of a NAT gateway', 'AmazonEC2', 'NAT Gateway', /^NatGateway-Hours$/, 'natGatewayHour'],
      ['a GiB through a NAT gateway', 'AmazonEC2', 'NAT Gateway', /^NatGateway-Bytes$/, 'natGib'],
      [
        'an hour of a load balancer',
        'AWSELB',
        'Load Balancer-Application',
        /^LoadBalancerUsage$/,
        'balancerHour',
      ],
      ['a capacity unit', 'AWSELB', 'Load Balancer-Application', /^LCUUsage$/, 'capacityUnitHour'],
      [
        'an hour of an interface endpoint',
        'AmazonVPC',
        'VpcEndpoint',
        /^VpcEndpoint-Hours$/,
        'endpointZoneHour',
      ],
    ] as const
  ).map(
    ([of, service, productFamily, usageType, key]): Question => ({
      of,
      service,
      attributes: { productFamily },
      usageType,
      put: (prices, usd) => ({ ...prices, network: { ...prices.network, [key]: usd } }),
    }),
  ),
  {
    of: 'a GiB of logs',
    service: 'AmazonCloudWatch',
    attributes: { productFamily: 'Data Payload' },
    usageType: /^DataProcessing-Bytes$/,
    put: (prices, usd) => ({ ...prices, logs: { ...prices.logs, ingestedGib: usd } }),
  },
];

/** @returns what to ask of the price list for one region of a platform */
export const questionsOf = (platform: Platform, built: BuiltRegion): readonly Question[] => [
  ...COMMON,
  ...databaseQuestions(platform, built.region),
  ...cacheQuestions(platform),
  ...[...new Set(built.brokers.map(({ instanceType }) => instanceType))].map(brokerQuestion),
];

function databaseQuestions({ database, regions }: Platform, region: string): readonly Question[] {
  if (database?.kind !== 'managed') return [];
  const instanceClass = database.instanceClass[region === regions.home.name ? 'home' : 'standby'];
  return [
    {
      of: `an hour of ${instanceClass}`,
      service: 'AmazonRDS',
      attributes: {
        productFamily: 'Database Instance',
        databaseEngine: 'PostgreSQL',
        deploymentOption: 'Single-AZ',
        instanceType: instanceClass,
      },
      usageType: /^InstanceUsage:/,
      put: (prices, usd) => ({
        ...prices,
        database: {
          ...prices.database,
          instanceHour: sized(prices.database.instanceHour, instanceClass, usd),
        },
      }),
    },
    {
      of: 'a GiB of storage of a database',
      service: 'AmazonRDS',
      attributes: { productFamily: 'Database Storage', deploymentOption: 'Single-AZ' },
      usageType: /^RDS:GP3-Storage$/,
      put: (prices, usd) => ({ ...prices, database: { ...prices.database, storageGibMonth: usd } }),
    },
  ];
}

const cacheQuestions = ({ cache }: Platform): readonly Question[] =>
  cache
    ? [
        {
          of: `an hour of ${cache.nodeClass}`,
          service: 'AmazonElastiCache',
          attributes: {
            productFamily: 'Cache Instance',
            cacheEngine: 'Valkey',
            instanceType: cache.nodeClass,
          },
          usageType: /^NodeUsage:/,
          put: (prices, usd) => ({
            ...prices,
            cache: { ...prices.cache, nodeHour: sized(prices.cache.nodeHour, cache.nodeClass, usd) },
          }),
        },
      ]
    : [];

/** Of a single node: a cluster's price is that of its nodes. */
const brokerQuestion = (instanceType: string): Question => ({
  of: `an hour of ${instanceType}`,
  service: 'AmazonMQ',
  attributes: {
    productFamily: 'Broker Instances',
    brokerEngine: 'RabbitMQ',
    deploymentOption: 'Single-AZ',
  },
  usageType: new RegExp(`${instanceType.replaceAll('.', '\\.')}$`, 'i'),
  put: (prices, usd) => ({
    ...prices,
    broker: { ...prices.broker, nodeHour: sized(prices.broker.nodeHour, instanceType, usd) },
  }),
});
