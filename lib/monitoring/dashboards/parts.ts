import type { ManagedDatabase, Platform } from '../../config/platform';

/** The parts of a platform on which panels depend. */
export const managedDatabase = ({ database }: Platform): ManagedDatabase | undefined =>
  database?.kind === 'managed' ? database : undefined;

export const hasArchive = (platform: Platform): boolean =>
  managedDatabase(platform) !== undefined && platform.backup.archive.enabled;

/** @returns the panels if the platform has the part that they are about */
export const where = <T>(has: boolean, ...panels: readonly T[]): readonly T[] => (has ? panels : []);
