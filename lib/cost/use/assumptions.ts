/** What is taken for granted of the use of a platform; no platform file tells it. */
export interface Use {
  /** Requests of users a second, over the whole month. */
  readonly requestsPerSecond: number;
  /** What one answer sends to a user, in KiB. */
  readonly responseKib: number;
  /** What the database writes into its log a day, in GiB. */
  readonly writesGib: number;
  /** What services log a day, in GiB. */
  readonly logsGib: number;
  /** What the buckets hold in one region, in GiB. */
  readonly objectsGib: number;
  /** What shared files hold in one region, in GiB. */
  readonly filesGib: number;
  /** What a copy of the cache takes, in GiB. */
  readonly cacheGib: number;
}

export const DEFAULT_USE: Use = {
  requestsPerSecond: 10,
  responseKib: 20,
  writesGib: 1,
  logsGib: 1,
  objectsGib: 50,
  filesGib: 10,
  cacheGib: 1,
};

interface Assumption {
  /** Flag of the command line that changes it, without dashes. */
  readonly flag: string;
  /** What it is, with its unit, as it follows the figure. */
  readonly what: string;
}

/** In the order in which they are told. */
export const ASSUMPTIONS: Readonly<Record<keyof Use, Assumption>> = {
  requestsPerSecond: { flag: 'requests', what: 'requests of users a second' },
  responseKib: { flag: 'response', what: 'KiB for each answer' },
  writesGib: { flag: 'writes', what: 'GiB a day that the database writes' },
  logsGib: { flag: 'logs', what: 'GiB a day that services log' },
  objectsGib: { flag: 'objects', what: 'GiB in the buckets' },
  filesGib: { flag: 'files', what: 'GiB of shared files' },
  cacheGib: { flag: 'cache-data', what: 'GiB in the cache' },
};

/** @returns the keys of all assumptions, in the order in which they are told */
export const assumptionKeys = (): readonly (keyof Use)[] => Object.keys(ASSUMPTIONS).filter(isKey);

const isKey = (key: string): key is keyof Use => Object.hasOwn(DEFAULT_USE, key);

/** @returns what is assumed, in one line */
export const describeUse = (use: Use): string =>
  assumptionKeys()
    .map((key) => `${use[key]} ${ASSUMPTIONS[key].what}`)
    .join(', ');
