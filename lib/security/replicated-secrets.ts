import { fileSecret } from '../config/names';
import type { Platform } from '../config/platform';

/** Secrets of the database: its owner, the application, the region agents, the archiver and the exporter of metrics. */
export const DATABASE_SECRETS = [
  'database-owner',
  'database',
  'database-agent',
  'database-archive',
  'database-monitor',
] as const;

/** @returns the secrets, configuration files among them, that home owns and copies to the standby; without the platform's name */
export const replicatedSecrets = (platform: Platform): readonly string[] => [
  ...(platform.database?.kind === 'managed' ? DATABASE_SECRETS : []),
  ...platform.secrets.map(({ name }) => name),
  ...Object.keys(platform.files).sort().map(fileSecret),
];
