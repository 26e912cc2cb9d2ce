import fc from 'fast-check';
import { stringify } from 'yaml';
import { parsePlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import type { PlatformInput } from '../../lib/config/schema/platform';
import { dataParts } from './arbitrary-data';
import { slugs } from './arbitrary-names';
import { services } from './arbitrary-services';

/**
 * Valid platform files of all kinds: with and without database, cache, queues, buckets; every size and tier; one
 * service or many. They are made valid, not filtered, so that a rule that becomes too strict shows as a failure.
 */
type Regions = readonly [home: string, standby: string, witness: string, table?: readonly string[]];
const REGIONS: readonly Regions[] = [
  ['us-east-1', 'us-west-2', 'us-east-2'],
  ['us-west-2', 'us-east-1', 'us-east-2'],
  ['eu-central-1', 'eu-west-1', 'eu-west-3'],
  ['ap-northeast-1', 'ap-northeast-3', 'ap-northeast-2'],
  ['us-east-1', 'eu-west-1', 'us-east-2', ['us-east-1', 'us-east-2', 'us-west-2']],
  ['sa-east-1', 'us-west-1', 'eu-west-2', ['eu-west-2', 'eu-west-1', 'eu-central-1']],
];

const region = (name: string, block: number) => ({
  name,
  zones: ['a', 'b', 'c'].map((letter) => `${name}${letter}`),
  cidr: `10.${block}.0.0/16`,
});

const regions = fc
  .record({
    set: fc.constantFrom(...REGIONS),
    home: fc.integer({ min: 0, max: 120 }),
    tier: fc.constantFrom('pilot-light', 'warm', 'full', undefined),
  })
  .map(({ set: [home, standby, witness, table], home: block, tier }) => ({
    regions: {
      home: region(home, block),
      standby: { ...region(standby, block + 1), ...(tier ? { tier } : {}) },
      witness: { name: witness },
    },
    table,
  }));

const leadership = fc.record(
  {
    leaseSeconds: fc.integer({ min: 20, max: 120 }),
    enforceSeconds: fc.integer({ min: 1, max: 8 }),
    pollSeconds: fc.integer({ min: 1, max: 5 }),
    failOverOnApplicationOutage: fc.boolean(),
  },
  { requiredKeys: [] },
);

const edge = fc.record(
  {
    tlsPolicy: fc.constantFrom(
      'ELBSecurityPolicy-TLS13-1-3-2021-06' as const,
      'ELBSecurityPolicy-TLS13-1-2-2021-06' as const,
    ),
    rateLimits: fc.dictionary(
      slugs(24),
      fc.record({
        paths: fc.constantFrom([], ['/api/*'], ['/login', '/auth/*']),
        requests: fc.integer({ min: 10, max: 100_000 }),
        windowSeconds: fc.constantFrom(60 as const, 120 as const, 300 as const, 600 as const),
      }),
      { maxKeys: 3 },
    ),
    cors: fc.constantFrom(
      { origins: ['*'] },
      { origins: ['https://app.example.com'], credentials: true, exposeHeaders: ['X-Request-Id'] },
    ),
    securityHeaders: fc.constantFrom(
      { hstsSeconds: 0 },
      { contentSecurityPolicy: "default-src 'self'", frameOptions: 'SAMEORIGIN' as const },
    ),
    waf: fc.constantFrom(
      { ruleGroups: [] },
      {
        ruleGroups: ['AWSManagedRulesSQLiRuleSet' as const, 'AWSManagedRulesCommonRuleSet' as const],
        count: ['AWSManagedRulesSQLiRuleSet' as const],
      },
    ),
    healthCheckIntervalSeconds: fc.constantFrom(10 as const, 30 as const),
  },
  { requiredKeys: [] },
);

const rest = fc.record(
  {
    network: fc.record(
      {
        natPerZone: fc.boolean(),
        interfaceEndpoints: fc.subarray(['logs' as const, 'secrets-manager' as const, 'ecr-api' as const]),
      },
      { requiredKeys: [] },
    ),
    edge,
    tags: fc.dictionary(slugs(20), fc.constantFrom('one', 'two words', ''), { maxKeys: 3 }),
    monitoring: fc.record(
      { grafana: fc.boolean(), scrapeSeconds: fc.constantFrom(15, 60), collectors: fc.boolean() },
      { requiredKeys: ['grafana', 'scrapeSeconds'] },
    ),
    alerts: fc.constantFrom(
      { receivers: { default: { email: ['ops@example.com'] } } },
      {
        receivers: { default: { email: ['ops@example.com'] }, people: { email: ['them@example.com'] } },
        routes: [{ receiver: 'people', severity: ['critical' as const] }],
        onCall: 'people',
      },
    ),
  },
  { requiredKeys: [] },
);

/** Valid platform files, as data. */
export function platformDocuments(): fc.Arbitrary<PlatformInput> {
  return fc
    .record({
      name: slugs(18),
      size: fc.constantFrom('small' as const, 'medium' as const, 'large' as const),
      place: regions,
      leadership,
      data: dataParts(),
      rest,
    })
    .chain(({ name, size, place, leadership: times, data, rest: others }) =>
      services({ domain: `${name}.example.com`, size, data }).map((made) =>
        withoutUndefined({
          name,
          account: '123456789012',
          size,
          regions: place.regions,
          domain: {
            name: `${name}.example.com`,
            hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
          },
          leadership: { ...times, regions: place.table },
          ...data,
          ...made,
          ...others,
        }),
      ),
    );
}

/** Valid platforms, read from the text of a file as any other. */
export function platforms(): fc.Arbitrary<Platform> {
  return platformDocuments().map((document) => parsePlatform(stringify(document), 'generated.yaml'));
}

/** A file has no keys without a value. */
const withoutUndefined = (document: object): PlatformInput =>
  JSON.parse(JSON.stringify(document)) as PlatformInput;
