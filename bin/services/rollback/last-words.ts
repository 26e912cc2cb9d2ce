import type { Platform, Service } from '../../../lib/config/platform';
import { asInFile, wantedImage } from '../image';
import type { Revision } from '../ports';

/** What a rollback does not change, so that nobody is surprised by the next deployment. */
export function lastWords(
  platform: Platform,
  { service, file, line }: { readonly service: Service; readonly file: string; readonly line: number },
  { image }: Revision,
): string[] {
  const now = asInFile(platform, service, image);
  const wanted = wantedImage(service);
  const data = 'What a migration has changed in the database stays as it is.';
  if (now === wanted)
    return [
      `The file names ${wanted} too: what else differs between the revisions comes back with the next deployment that changes ${service.name}.`,
      data,
    ];
  return [
    `The next deployment that changes ${service.name} goes forward to ${wanted} again, as the file says, unless you change ${file}:${line} (services.${service.name}.image):`,
    `    image: ${now}`,
    data,
  ];
}
