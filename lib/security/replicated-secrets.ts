import type { Platform } from '../config/platform';

/** Secrets of the database: its owner, the application and the region agents. */
export const DATABASE_SECRETS = ['database-owner', 'database', 'database-agent'] as const;

/** @returns the secrets that home owns and copies to the standby, without the name of the platform */
export const replicatedSecrets = (platform: Platform): readonly string[] => [
  ...(platform.database?.kind === 'managed' ? DATABASE_SECRETS : []),
  ...platform.secrets.map(({ name }) => name),
];
