import { z } from 'zod';
import { addressBlock, pathPattern, port, seconds, slug } from './primitives';

const origin = z
  .string()
  .regex(/^(\*|https?:\/\/[a-z0-9.:*-]+)$/, 'an origin such as https://app.example.com, or *');

const rateLimit = z.strictObject({
  paths: z
    .array(pathPattern)
    .max(10)
    .default([])
    .describe('Only these paths; a trailing * matches what follows. Empty: all.'),
  requests: z.int().min(10).max(2_000_000_000).describe('Allowed from one address in the window.'),
  windowSeconds: z.literal([60, 120, 300, 600]).default(60).describe('Windows that AWS WAF knows.'),
});

const cors = z.strictObject({
  origins: z.array(origin).min(1).max(1).describe('One origin or *: a balancer sets one value.'),
  methods: z
    .array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
    .min(1)
    .default(['GET', 'POST', 'OPTIONS'])
    .describe('Methods that pages of that origin may use.'),
  headers: z
    .array(z.string().regex(/^[A-Za-z0-9-]+$/, 'a header name'))
    .default(['Authorization', 'Content-Type'])
    .describe('Request headers that they may send.'),
  exposeHeaders: z
    .array(z.string().regex(/^[A-Za-z0-9-]+$/, 'a header name'))
    .default([])
    .describe('Response headers that they may read.'),
  credentials: z.boolean().default(false).describe('They may send cookies. Needs an origin other than *.'),
  maxAgeSeconds: seconds(0, 86_400).default(600).describe('Browsers remember the answer this long.'),
});

const securityHeaders = z
  .strictObject({
    hstsSeconds: seconds(0, 63_072_000)
      .default(31_536_000)
      .describe('Browsers insist on HTTPS for this long (Strict-Transport-Security).'),
    contentSecurityPolicy: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('Value of Content-Security-Policy. Default: no such header.'),
    frameOptions: z
      .enum(['DENY', 'SAMEORIGIN'])
      .default('DENY')
      .describe('Who may show the pages in a frame (X-Frame-Options).'),
  })
  .prefault({});

export const tlsPolicy = z.enum([
  'ELBSecurityPolicy-TLS13-1-3-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
]);

export const managedRuleGroup = z.enum([
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
  'AWSManagedRulesLinuxRuleSet',
  'AWSManagedRulesUnixRuleSet',
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesAnonymousIpList',
  'AWSManagedRulesAdminProtectionRuleSet',
]);

const cdn = z.strictObject({
  host: slug(40)
    .default('static')
    .describe('One label below the domain: the name under which pages ask for static files.'),
  paths: z
    .array(pathPattern)
    .min(1)
    .max(20)
    .describe(
      'Paths of static files, which are cached; what answers them is asked for under the domain itself.',
    ),
  maxAgeSeconds: seconds(1, 31_536_000)
    .default(86_400)
    .describe('Longest time in the cache. Less, where the Cache-Control of the answer says so.'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,128}$/, 'a header name'),
      z
        .string()
        .max(512)
        .regex(/^[ -~]*$/, 'printable ASCII'),
    )
    .default({})
    .describe('Other headers on its answers, for example Permissions-Policy. At most ten.'),
});

export const edge = z.strictObject({
  tlsPolicy: tlsPolicy
    .default('ELBSecurityPolicy-TLS13-1-2-Res-2021-06')
    .describe('Versions and ciphers of TLS; the default is TLS 1.3, and 1.2 with modern ciphers.'),
  rateLimits: z
    .record(slug(24), rateLimit)
    .default({})
    .describe('Zones by name: at most this many requests from one address.'),
  cors: cors.optional().describe('Answers of services to pages of another origin. Default: no such headers.'),
  securityHeaders: securityHeaders.describe('Headers on every answer.'),
  waf: z
    .strictObject({
      ruleGroups: z
        .array(managedRuleGroup)
        .default([
          'AWSManagedRulesAmazonIpReputationList',
          'AWSManagedRulesCommonRuleSet',
          'AWSManagedRulesKnownBadInputsRuleSet',
        ])
        .describe('Managed rule groups of AWS WAF, in the order in which they are asked.'),
      count: z
        .array(managedRuleGroup)
        .default([])
        .describe('Of these, groups that only count and do not block.'),
    })
    .prefault({})
    .describe('Web application firewall.'),
  cdn: cdn
    .optional()
    .describe(
      'CloudFront for static files, with the failover name as its origin. It compresses and sets any header, which a balancer cannot. Clients talk to services past it.',
    ),
  healthCheckIntervalSeconds: z
    .literal([10, 30])
    .default(10)
    .describe(
      'Of the checks of the application in each region, for alarms; Route 53 knows 10 and 30. The checks of leadership are always 10 s apart.',
    ),
  ttlSeconds: z
    .literal(60)
    .default(60)
    .describe('Of the failover records. Alias records of a balancer have 60 s.'),
  test: z
    .strictObject({
      port: port.default(8443).describe('Port of the balancer, with HTTPS.'),
      addresses: z
        .array(addressBlock)
        .max(20)
        .default([])
        .describe('Who may ask there, for example 203.0.113.7/32. Default: nobody.'),
    })
    .prefault({})
    .describe(
      'Where the new set of tasks of a blue/green or canary deployment can be tried before it gets traffic.',
    ),
  httpPort: port.default(80).describe('Redirects to HTTPS.'),
  httpsPort: port.default(443).describe('Where clients connect.'),
});
