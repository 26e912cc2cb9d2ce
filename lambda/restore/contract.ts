/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  platform: 'PLATFORM',
  /** Identifier of the platform's database, which a restored one is named after. */
  identifier: 'DATABASE_IDENTIFIER',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  /** Name of the secret with the owner's credential. */
  ownerSecret: 'DATABASE_OWNER_SECRET',
  /** JSON: `ArchivePlace[]`, that of the own region first. */
  archives: 'ARCHIVE_BUCKETS',
} as const;

/** A bucket with segments. */
export interface ArchivePlace {
  readonly bucket: string;
  readonly region: string;
}

/** What an instance must be called so that it may be filled: never the writer. @param identifier of the platform's database */
export const restoredPrefix = (identifier: string): string => `${identifier}-restore-`;
/** Beginning of the names of old primaries that were put away. */
export const quarantinePrefix = (identifier: string): string => `${identifier}-quarantine-`;
