import { z } from 'zod';
import { alerts, monitoring, objectives } from './alerts';
import { backup, bucket, cache, configurationFile, database, queue, secret } from './data';
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
  regions,
  domain,
  network: network.prefault({}),
  leadership: leadership.prefault({}),
  services: z.record(slug(24), service).describe('By name. At least one.'),
  database: database.optional(),
  cache: cache.optional(),
  queues: z.record(slug(40), queue).default({}),
  buckets: z.record(slug(16), bucket).default({}),
  secrets: z.record(slug(40), secret).default({}).describe('Names only, never values.'),
  files: z
    .record(slug(40), configurationFile)
    .default({})
    .describe('Configuration files mounted into services; names only.'),
  edge: edge.prefault({}),
  objectives: objectives.prefault({}),
  backup: backup.prefault({}),
  alerts: alerts.optional(),
  monitoring: monitoring.prefault({}),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}).describe('On every resource.'),
});

export type PlatformInput = z.input<typeof platformSchema>;
export type PlatformDocument = z.output<typeof platformSchema>;
