import { z } from 'zod';
import type { Databases } from './manager';

/** What the RDS API of the local AWS API asks for: orders to instances, and orders to their backups. */

const resource = z.string().min(1);
const username = z.string().min(1);
const password = z.string().min(1);
const made = { resource, host: z.string().min(1), parameters: z.record(z.string(), z.string()) };
/** Of a snapshot or an automated backup: also a name of a folder. */
const backup = z.string().regex(/^[a-z0-9-]+$/);

const plain = <Name extends string>(operation: Name) =>
  z.strictObject({ operation: z.literal(operation), resource });
const InstanceOrder = z.discriminatedUnion('operation', [
  z.strictObject({
    operation: z.literal('create'),
    ...made,
    username,
    password,
    database: z.string().nullable(),
  }),
  z.strictObject({ operation: z.literal('replicate'), ...made, source: z.string() }),
  z.strictObject({ operation: z.literal('rename'), resource, host: made.host }),
  z.strictObject({ operation: z.literal('password'), resource, username, password }),
  plain('promote'),
  plain('restart'),
  plain('halt'),
  plain('start'),
  plain('remove'),
]);

const BackupOrder = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('restore-snapshot'), ...made, snapshot: backup }),
  z.strictObject({
    operation: z.literal('restore-archive'),
    ...made,
    archive: backup,
    until: z.iso.datetime().nullable(),
  }),
  z.strictObject({ operation: z.literal('take-snapshot'), resource, snapshot: backup }),
  z.strictObject({ operation: z.literal('copy-snapshot'), snapshot: backup, as: backup }),
  z.strictObject({ operation: z.literal('remove-snapshot'), snapshot: backup }),
  z.strictObject({ operation: z.literal('protect'), resource, archive: backup, snapshot: backup }),
  plain('unprotect'),
  z.strictObject({ operation: z.literal('follow-archive'), archive: backup, as: backup }),
  z.strictObject({ operation: z.literal('unfollow-archive'), archive: backup, as: backup }),
  z.strictObject({ operation: z.literal('remove-archive'), archive: backup }),
]);

export const Order = z.union([InstanceOrder, BackupOrder]);

/** @throws if it cannot be done */
export function obey(databases: Databases, order: z.infer<typeof Order>): Promise<void> {
  const forBackups = BackupOrder.safeParse(order);
  return forBackups.success
    ? obeyForBackups(databases, forBackups.data)
    : obeyForInstances(databases, InstanceOrder.parse(order));
}

function obeyForInstances(databases: Databases, order: z.infer<typeof InstanceOrder>): Promise<void> {
  switch (order.operation) {
    case 'create': {
      const { operation, username: user, password: secret, database, ...rest } = order;
      const master = { username: user, password: secret };
      return databases.create({ ...rest, master, ...(database !== null && { database }) });
    }
    case 'replicate':
      return databases.replicate(order.source, order);
    case 'rename':
      return databases.rename(order.resource, order.host);
    case 'password':
      return databases.setPassword(order.resource, order);
    default:
      return databases[order.operation](order.resource);
  }
}

function obeyForBackups(databases: Databases, order: z.infer<typeof BackupOrder>): Promise<void> {
  switch (order.operation) {
    case 'restore-snapshot':
      return databases.restoreSnapshot(order.snapshot, order);
    case 'restore-archive': {
      const until = order.until === null ? undefined : new Date(order.until);
      return databases.restoreArchive(order.archive, until, order);
    }
    case 'take-snapshot':
      return databases.takeSnapshot(order.resource, order.snapshot);
    case 'copy-snapshot':
      return databases.copySnapshot(order.snapshot, order.as);
    case 'remove-snapshot':
      return databases.removeSnapshot(order.snapshot);
    case 'protect':
      return databases.protect(order.resource, order.archive, order.snapshot);
    case 'unprotect':
      return databases.unprotect(order.resource);
    case 'follow-archive':
      return databases.followArchive(order.archive, order.as);
    case 'unfollow-archive':
      return databases.unfollowArchive(order.archive, order.as);
    case 'remove-archive':
      return databases.removeArchive(order.archive);
  }
}
