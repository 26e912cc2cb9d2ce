import { z } from 'zod';
import { slug, timeOfDay } from './primitives';

const retention = z.strictObject({
  daily: z.int().min(1).max(365).default(7).describe('Last copies of a day.'),
  weekly: z.int().min(0).max(260).default(4).describe('Last copies of a week.'),
  monthly: z.int().min(0).max(120).default(12).describe('Last copies of a month.'),
});

const archive = z.strictObject({
  enabled: z.boolean().default(true).describe('Without it only what RDS itself keeps can be restored.'),
  mode: z
    .enum(['drain', 'stream', 'service'])
    .default('drain')
    .describe(
      'How the log is read: drain reads up to its end every minute, stream nearly all the time, service all the time in a task of Fargate, for write rates beyond one function.',
    ),
  keylessTables: z
    .enum(['refuse', 'full'])
    .default('refuse')
    .describe(
      'A table without a key cannot be archived as it is. refuse: set-up names it and stops. full: set-up gives it REPLICA IDENTITY FULL, which writes its whole rows to the log.',
    ),
  lockDays: z
    .int()
    .min(1)
    .max(365)
    .default(35)
    .describe(
      'S3 keeps what was archived at least this long. A special permission lifts that, nothing does with vaultLock.',
    ),
  keepDays: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe(
      'What was archived is deleted after this. Default: lockDays, or as far as point-in-time restore or the daily copies reach back if that is longer.',
    ),
});

const check = z.strictObject({
  sql: z
    .string()
    .min(1)
    .max(2000)
    .describe('One query. It runs in a read-only transaction on the restored copy.'),
  expect: z
    .string()
    .min(1)
    .max(400)
    .default('rows')
    .describe(
      'rows: at least one row. none: no row. Anything else: the text of the first column of the only row.',
    ),
});

export const backup = z.strictObject({
  schedules: z
    .record(
      slug(24),
      z.strictObject({
        at: timeOfDay.describe('Every day at this time, in UTC.'),
        covers: z
          .array(z.enum(['database', 'cache', 'buckets', 'configuration']))
          .min(1)
          .describe('What is copied.'),
      }),
    )
    .default({ nightly: { at: '02:00', covers: ['database', 'cache', 'configuration'] } })
    .describe('Named daily schedules.'),
  keep: retention.prefault({}).describe('How many copies are kept: some of days, weeks and months.'),
  archive: z
    .union([z.boolean(), archive])
    .default(true)
    .describe(
      'Continuous WAL archive of a managed database in two regions. true and false are short for enabled.',
    ),
  vaultLock: z
    .boolean()
    .default(false)
    .describe(
      'Copies of the database that nobody can delete before their time, not even the owner of the account or AWS. It cannot be undone.',
    ),
  restoreDrill: z
    .enum(['monthly', 'weekly'])
    .default('monthly')
    .describe('How often a backup is restored into isolation and verified.'),
  checks: z
    .record(slug(40), check)
    .default({})
    .describe('Queries by name that a restored copy must answer as expected; the restore drill asks them.'),
});
