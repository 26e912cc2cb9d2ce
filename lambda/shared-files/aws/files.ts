import { nameOf } from '../../runtime/errors';
import { MARK_TAG } from '../contract';
import type { Copying, FileSystem, Files, Protection } from '../ports';
import { fieldsOf, listIn, type Rest, textIn, Unreadable } from './request';

/** Version of the interface of EFS, in each of its paths. */
const ROOT = '/2015-02-01';
const PROTECTIONS: readonly Protection[] = ['ENABLED', 'DISABLED', 'REPLICATING'];

/**
 * File systems of a region.
 * @param other name of the other region
 */
export function efsFiles(rest: Rest, other: string): Files {
  const replication = (id: string) => `${ROOT}/file-systems/${id}/replication-configuration`;
  return {
    async look(id) {
      const [here, copying] = await Promise.all([describe(rest, id), copyingOf(rest, id)]);
      return { ...here, copying };
    },
    async protect(id, protection) {
      await rest(`The protection of ${id}`, {
        method: 'PUT',
        path: `${ROOT}/file-systems/${id}/protection`,
        body: { ReplicationOverwriteProtection: protection },
      });
    },
    async mark(id, mark) {
      await rest(`The mark of ${id}`, {
        method: 'POST',
        path: `${ROOT}/resource-tags/${id}`,
        body: { Tags: [{ Key: MARK_TAG, Value: mark }] },
      });
    },
    async copy(id, to) {
      await rest(`The copying of ${id} to ${to}`, {
        method: 'POST',
        path: replication(id),
        body: { Destinations: [{ FileSystemId: to, Region: other }] },
      });
    },
    async endCopy(source) {
      try {
        await rest(`The end of the copying of ${source}`, { method: 'DELETE', path: replication(source) });
      } catch (error) {
        // Another run has ended it in between.
        if (nameOf(error) !== 'ReplicationNotFound') throw error;
      }
    },
  };
}

/** @throws {Unreadable} if EFS says nothing of its protection, or something new */
export async function describe(rest: Rest, id: string): Promise<FileSystem> {
  const operation = `The description of the file system ${id}`;
  const answer = await rest(operation, {
    method: 'GET',
    path: `${ROOT}/file-systems`,
    query: { FileSystemId: id },
  });
  const [found] = listIn(answer, 'FileSystems');
  const said = fieldsOf(fieldsOf(found).get('FileSystemProtection')).get('ReplicationOverwriteProtection');
  const protection = PROTECTIONS.find((one) => one === said);
  if (!protection) throw new Unreadable(operation, 'ReplicationOverwriteProtection');
  const marks = listIn(found, 'Tags').filter((tag) => fieldsOf(tag).get('Key') === MARK_TAG);
  const mark = fieldsOf(marks[0]).get('Value');
  return { id, protection, mark: typeof mark === 'string' ? mark : undefined };
}

async function copyingOf(rest: Rest, id: string): Promise<Copying | undefined> {
  const operation = `The replication of the file system ${id}`;
  try {
    const answer = await rest(operation, {
      method: 'GET',
      path: `${ROOT}/file-systems/replication-configurations`,
      query: { FileSystemId: id },
    });
    const [found] = listIn(answer, 'Replications');
    return found === undefined ? undefined : copyingIn(operation, found);
  } catch (error) {
    if (nameOf(error) === 'ReplicationNotFound') return undefined;
    throw error;
  }
}

function copyingIn(operation: string, found: unknown): Copying {
  const [destination] = listIn(found, 'Destinations');
  const seconds = fieldsOf(destination).get('LastReplicatedTimestamp');
  return {
    source: textIn(operation, found, 'SourceFileSystemId'),
    destination: textIn(operation, destination, 'FileSystemId'),
    status: textIn(operation, destination, 'Status'),
    syncedMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
  };
}
