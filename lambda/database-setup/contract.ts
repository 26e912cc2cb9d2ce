/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  databaseHost: 'DATABASE_HOST',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  /** Names of the secrets with the credentials: the owner's, the application's, the region agent's, the archiver's, the exporter's. */
  ownerSecret: 'DATABASE_OWNER_SECRET',
  applicationSecret: 'DATABASE_APPLICATION_SECRET',
  agentSecret: 'DATABASE_AGENT_SECRET',
  archiveSecret: 'DATABASE_ARCHIVE_SECRET',
  monitorSecret: 'DATABASE_MONITOR_SECRET',
} as const;

export const RESOURCE_TYPE = 'Custom::HoldfastDatabaseSetup';

/** Properties of the custom resource. CloudFormation turns every value into a string. */
export interface Properties {
  /** How often sessions without a lease are ended, in seconds: 1 to 59, as pg_cron allows. */
  readonly EnforceSeconds: string;
  /** `true`: every statement that writes is checked. `false`: logins and sessions only. */
  readonly Statements: 'true' | 'false';
  /** Connections of one user of the application, so that some are left for the agent. */
  readonly ApplicationLimit: string;
  /** PostgreSQL's extensions for the application, without pg_cron. May be empty. */
  readonly Extensions: readonly string[];
  /** `true`: the log is archived: publication, slot, and messages of what is not decoded. `false`: all that is removed. */
  readonly Archive: 'true' | 'false';
  /**
   * Tables without a key, whose updates and deletes nobody could replay. `refuse`: the set-up fails and names them.
   * `full`: they send whole rows.
   */
  readonly KeylessTables: 'refuse' | 'full';
  /** Changes with the function's code, so that a deployment installs what a new version brings. */
  readonly Revision: string;
}

/**
 * Attributes of the resource: `LeaseEpoch` is 0 as long as no lease was ever opened, and `Sentence` says what was done
 * and what cannot be fenced.
 */
export const ATTRIBUTES = { leaseEpoch: 'LeaseEpoch', sentence: 'Sentence' } as const;
