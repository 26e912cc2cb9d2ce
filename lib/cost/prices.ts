/** Hourly price of an RDS for PostgreSQL instance in one zone; Multi-AZ costs twice as much. */
const DATABASE_HOUR: Readonly<Record<string, number>> = {
  'db.t4g.micro': 0.016,
  'db.t4g.small': 0.032,
  'db.t4g.medium': 0.065,
  'db.t4g.large': 0.129,
  'db.t4g.xlarge': 0.258,
  'db.t4g.2xlarge': 0.517,
  'db.m6g.large': 0.159,
  'db.m7g.large': 0.168,
  'db.r6g.large': 0.225,
  'db.r7g.large': 0.239,
};

/** Hourly price of a node of ElastiCache for Valkey. */
const CACHE_NODE_HOUR: Readonly<Record<string, number>> = {
  'cache.t3.micro': 0.0136,
  'cache.t3.small': 0.0272,
  'cache.t3.medium': 0.0544,
  'cache.t4g.micro': 0.0128,
  'cache.t4g.small': 0.0256,
  'cache.t4g.medium': 0.052,
  'cache.m6g.large': 0.1192,
  'cache.m7g.large': 0.1264,
  'cache.m8g.large': 0.1266,
  'cache.r6g.large': 0.1648,
  'cache.r7g.large': 0.1752,
  'cache.r8g.large': 0.1756,
};

/** Hourly price of one node of an Amazon MQ for RabbitMQ broker; a cluster has three. */
const BROKER_NODE_HOUR: Readonly<Record<string, number>> = {
  'mq.t3.micro': 0.02704,
  'mq.m5.large': 0.288,
};

/**
 * List prices of AWS in US dollars, without free tiers, discounts and taxes. They are those of one region on one day: an
 * estimate from them says in which order of size a bill will be, and which part of it is large.
 */
export const PRICES = {
  /** When these figures were looked up. */
  asOf: '2026-10-02',
  region: 'us-east-1',
  source:
    'AWS price lists and pricing pages for us-east-1 (N. Virginia), on demand; other regions differ, those in Europe and Asia by up to 30 %.',
  fargate: {
    vcpuHour: { x86_64: 0.04048, arm64: 0.03238 },
    gibHour: { x86_64: 0.004445, arm64: 0.00356 },
  },
  lambda: { gibSecondArm: 0.0000133334, millionRuns: 0.2 },
  millionScheduledStarts: 1,
  database: {
    instanceHour: DATABASE_HOUR,
    /** Of gp3; each instance of Multi-AZ has its own. */
    storageGibMonth: 0.115,
    /** Snapshots and automated backups beyond the size of the database, which is free where it runs. */
    backupGibMonth: 0.095,
  },
  cache: { nodeHour: CACHE_NODE_HOUR, backupGibMonth: 0.085 },
  broker: { nodeHour: BROKER_NODE_HOUR, storageGibMonth: 0.1 },
  network: {
    natGatewayHour: 0.045,
    publicAddressHour: 0.005,
    balancerHour: 0.0225,
    /** Of an interface endpoint, in each of its zones. */
    endpointZoneHour: 0.01,
    natGib: 0.045,
    capacityUnitHour: 0.008,
    /** The first 10 TB of a month. */
    internetGib: 0.09,
    otherRegionGib: 0.02,
  },
  firewall: { aclMonth: 5, ruleMonth: 1, millionRequests: 0.6 },
  keyMonth: 1,
  secretMonth: 0.4,
  prometheus: {
    tenMillionSamplesIn: 0.9,
    gibMonth: 0.03,
    billionSamplesRead: 0.1,
  },
  cloudWatch: {
    /** For each metric of an alarm, also of each in a formula and each that a query finds. */
    alarmMetricMonth: 0.1,
    compositeMonth: 0.5,
    dashboardMonth: 3,
    customMetricMonth: 0.3,
    thousandRequests: 0.01,
    canaryRun: 0.0012,
    /** Container Insights with enhanced observability; without it its metrics are custom metrics. */
    enhancedMetricMonth: 0.07,
  },
  /** Of what runs on AWS, as all that Holdfast checks does; other ends cost more. */
  healthCheck: { month: 0.5, optionMonth: 1 },
  logs: { ingestedGib: 0.5, keptGibMonth: 0.03 },
  objects: { gibMonth: 0.023, millionPuts: 5, millionGets: 0.4 },
  files: { gibMonth: 0.3 },
  imagesGibMonth: 0.1,
  table: { millionWrites: 0.625, millionReads: 0.125 },
  apiMillionRequests: 1,
  queueMillionRequests: 0.4,
  topicMillionMessages: 0.5,
  grafanaEditorMonth: 9,
} as const;

type Widened<T> = {
  readonly [K in keyof T]: T[K] extends number ? number : T[K] extends string ? string : Widened<T[K]>;
};
/** Prices of one region. */
export type Prices = Widened<typeof PRICES>;
/** @returns the prices that hold in a region */
export type PricesOf = (region: string) => Prices;

/** The dated table, for every region. */
export const TABLE: PricesOf = () => PRICES;

/** @returns USD an hour of one instance in one zone; undefined if its family is not in the table */
export const databaseHourUsd = (prices: Prices, instanceClass: string): number | undefined =>
  hourly(prices.database.instanceHour, instanceClass);

/** @returns USD an hour of one node; undefined if its family is not in the table */
export const cacheNodeHourUsd = (prices: Prices, nodeClass: string): number | undefined =>
  hourly(prices.cache.nodeHour, nodeClass);

/** @returns USD an hour of one node of a broker; undefined if it is not in the table */
export const brokerNodeHourUsd = (prices: Prices, instanceType: string): number | undefined =>
  hourly(prices.broker.nodeHour, instanceType);

/** Within a family a price doubles with the size: `2xlarge` is four of `large`, `12xlarge` twenty-four. */
function hourly(table: Readonly<Record<string, number>>, name: string): number | undefined {
  const known = table[name];
  if (known !== undefined) return known;
  const [, family, times] = /^(.+)\.(\d*)xlarge$/.exec(name) ?? [];
  const large = family === undefined ? undefined : table[`${family}.large`];
  return large === undefined ? undefined : large * 2 * Number(times || 1);
}
