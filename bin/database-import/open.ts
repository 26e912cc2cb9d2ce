import { readFileSync } from 'node:fs';
import type { Environment } from '../../lambda/runtime/environment';
import { HoldfastError } from '../../lambda/runtime/errors';
import type { Session } from '../../lambda/runtime/postgres/session';
import { credentialOf, parseFields } from '../../lambda/runtime/secret-fields';
import { databaseIdentifier, secretName } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { SchemaSource } from './ports';
import type { Aws } from './server/aws';
import { connect } from './server/connect';
import { conninfoOf, type Dsn, dsnFromEnvironment, dsnFromSecret } from './server/dsn';
import { pgDump, schemaFile } from './server/schema-source';

/** What a person says of the two servers. */
export interface Asked {
  /** Name of a secret in the region, or `env`. */
  readonly from: string;
  /** Region of the new database. */
  readonly region: string;
  /** `host:port` by which this machine reaches the new database, where that is another way than its own name. */
  readonly to: string | undefined;
  /** The same for the new server and the old one. */
  readonly seenFromTarget: string | undefined;
  /** Files: authorities in PEM, and the schema. */
  readonly ca: string | undefined;
  readonly schema: string | undefined;
}

/** Both servers, and what is known of the old one. */
export interface Opened {
  readonly source: Session;
  readonly target: Session;
  readonly schema: SchemaSource;
  readonly conninfo: string;
  close(): Promise<void>;
}

export class NoManagedDatabase extends HoldfastError {}

/**
 * @throws {NoManagedDatabase} if the platform has no database of its own
 * @throws {BadDsn} {DatabaseUnreachable}
 */
export async function openServers(
  platform: Platform,
  asked: Asked,
  environment: Environment,
  aws: Aws,
): Promise<Opened> {
  const { database } = platform;
  if (database?.kind !== 'managed') {
    throw new NoManagedDatabase(
      `${platform.name} has no database that Holdfast runs, so there is nothing to import into; set database.kind to managed and deploy.`,
    );
  }
  const from =
    asked.from === 'env'
      ? dsnFromEnvironment(environment)
      : dsnFromSecret(asked.from, await aws.secret(asked.region, asked.from));
  const ca = asked.ca === undefined ? undefined : readFileSync(asked.ca, 'utf8');
  const to = await targetOf(platform, database.name, asked, aws);
  const source = await connect(from, { ca });
  try {
    const target = await connect(to.dsn, { ca, certificateName: to.certificateName });
    return {
      source,
      target,
      schema: asked.schema === undefined ? pgDump(from, environment) : schemaFile(asked.schema),
      conninfo: conninfoOf(from, asked.seenFromTarget),
      async close() {
        await Promise.allSettled([source.end(), target.end()]);
      },
    };
  } catch (error) {
    await source.end();
    throw error;
  }
}

/** The database of the platform, as its owner. Through a tunnel the certificate is still that of its own name. */
async function targetOf(
  platform: Platform,
  database: string,
  { region, to }: Asked,
  aws: Aws,
): Promise<{ readonly dsn: Dsn; readonly certificateName: string | undefined }> {
  const name = secretName(platform, 'database-owner');
  const owner = credentialOf(name, parseFields(name, await aws.secret(region, name)));
  const own = await aws.endpoint(region, databaseIdentifier(platform));
  const [host = own.host, port = String(own.port)] = to === undefined ? [] : to.split(':');
  return {
    dsn: { host, port: Number(port), database, ...owner, tls: 'verified' },
    certificateName: to === undefined ? undefined : own.host,
  };
}
