import { z } from 'zod';
import { alerts, monitoring, objectives } from './alerts';
import { backup } from './backup';
import { bucket, cache, configurationFile, database, queue, secret } from './data';
import { edge } from './edge';
import { accountId, sizeName, slug } from './primitives';
import { domain, leadership, network, regions } from './regions';
import { service } from './service';

/**
 * The platform file: the single source of the types, of the checks, of `docs/platform.schema.json` (editors)
 * and of `docs/platform-file.md`. It holds no transformation: what depends on the size preset or on other fields is
 * filled in by `resolve.ts`, so that the schema describes exactly what a person may write.
 */
export const platformSchema = z.strictObject({
  name: slug(18).describe('Name of the platform: part of every physical name, so it can never be changed.'),
  account: accountId.describe('AWS account, in quotes.'),
  size: sizeName.default('medium').describe('Defaults for every number that this file leaves out.'),
  regions: regions.describe(
    'Three regions: two that can serve, and a witness that settles which one may write.',
  ),
  domain: domain.describe('Where clients find the platform.'),
  network: network.prefault({}).describe('How the networks of home and standby reach AWS and the internet.'),
  leadership: leadership
    .prefault({})
    .describe(
      'Which region may write, and how fast the other one takes over. T, E and W are the times of the fence.',
    ),
  services: z.record(slug(24), service).describe('By name. At least one.'),
  database: database
    .optional()
    .describe('PostgreSQL. Without it the platform keeps nothing that could have two writers.'),
  cache: cache
    .optional()
    .describe(
      'ElastiCache for Valkey, which speaks the protocol of Redis. Each region has its own; its contents never cross.',
    ),
  queues: z.record(slug(40), queue).default({}).describe('Message queues by name.'),
  buckets: z
    .record(slug(16), bucket)
    .default({})
    .describe('S3 buckets by name: one in each region, encrypted, with versions.'),
  secrets: z.record(slug(40), secret).default({}).describe('Names only, never values.'),
  files: z
    .record(slug(40), configurationFile)
    .default({})
    .describe(
      'Configuration files mounted into services; names only. `npx holdfast files set` gives them their contents, at most 64 KiB each.',
    ),
  edge: edge.prefault({}).describe('What stands between clients and services: balancer, firewall, DNS.'),
  objectives: objectives
    .prefault({})
    .describe('What the platform promises. Synth refuses what the timings cannot keep.'),
  backup: backup.prefault({}).describe('What is kept beside the running data, where and how long.'),
  alerts: alerts.optional().describe('Who hears of what.'),
  monitoring: monitoring.prefault({}).describe('How metrics are collected and kept.'),
  chaos: z
    .boolean()
    .default(false)
    .describe(
      'Templates of experiments of AWS FIS in both regions, for `npx holdfast chaos`. They cost nothing until one is run.',
    ),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}).describe('On every resource.'),
});

export type PlatformInput = z.input<typeof platformSchema>;
export type PlatformDocument = z.output<typeof platformSchema>;
