import { HoldfastError } from '../runtime/errors';
import { field, type GrafanaClient } from './client';

/** Somebody has given a folder of their own the title of ours. */
export class FolderTitleTaken extends HoldfastError {
  constructor(readonly title: string) {
    super(
      `Grafana has a folder "${title}" that Holdfast did not make. Rename it, and ours is made within the hour.`,
    );
  }
}

/** Makes the folder, or gives it its title back. */
export async function upsertFolder(
  grafana: GrafanaClient,
  folder: { readonly uid: string; readonly title: string },
): Promise<void> {
  const path = `/api/folders/${encodeURIComponent(folder.uid)}`;
  const found = await grafana.ask('GET', path, undefined, [404]);
  if (found.status === 404) {
    // Another run of this function may have made it meanwhile: 409 or 412, as the version of Grafana is.
    const made = await grafana.ask('POST', '/api/folders', folder, [409, 412]);
    if (made.status < 300) return;
    const second = await grafana.ask('GET', path, undefined, [404]);
    if (second.status === 404) throw new FolderTitleTaken(folder.title);
    return;
  }
  if (field(found.json, 'title') === folder.title) return;
  await grafana.ask('PUT', path, { title: folder.title, overwrite: true });
}
