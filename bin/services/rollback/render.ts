import type { Platform, Role, Service } from '../../../lib/config/platform';
import { asInFile } from '../image';
import type { Revision } from '../ports';

/** The revisions of one region. */
export interface Listed {
  readonly region: string;
  readonly role: Role;
  /** ARN of the one it runs; undefined if the service is not deployed. */
  readonly present: string | undefined;
  /** Newest first. */
  readonly known: readonly Revision[];
}

/** A line for each revision: its number, image, when and by whom. */
export function renderRevisions(platform: Platform, service: Service, listed: readonly Listed[]): string[] {
  const rows = listed.flatMap(({ known }) => known.map(({ image }) => asInFile(platform, service, image)));
  const width = Math.max(0, ...rows.map((image) => image.length));
  const lines = listed.flatMap(({ region, role, present, known }) => [
    `${region} (${role})${present === undefined ? ': not deployed' : ''}`,
    ...known.map((one) => {
      const image = asInFile(platform, service, one.image).padEnd(width);
      const mark = one.arn === present ? '* ' : '  ';
      return `${mark}${String(one.number).padStart(4)}  ${image}  ${time(one.registeredMs)}  ${who(one.registeredBy)}`;
    }),
  ]);
  return [
    `Without --to it only lists. Go back: npx holdfast rollback ${service.name} --to previous (or a number of the region that leads, or a tag)`,
    `These revisions of ${service.name} can be started; * runs.`,
    ...lines,
  ];
}

const time = (ms: number | null): string =>
  ms === null ? 'at an unknown time   ' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** `arn:aws:sts::...:assumed-role/<role>/<session>` -> `<role>/<session>` */
const who = (arn: string | null): string =>
  arn
    ?.split(':')
    .at(-1)
    ?.replace(/^[a-z-]+\//, '') ?? 'by nobody knows whom';
