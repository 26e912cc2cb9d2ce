import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { s3Store } from '../archive/aws/s3';
import type { Clock } from '../runtime/clock';
import { postgres } from '../runtime/postgres/connect';
import { type Address, type Credential, LoginRefused } from '../runtime/postgres/session';
import { credentialOf, parseFields } from '../runtime/secret-fields';
import type { ENVIRONMENT } from './contract';
import type { World } from './ports';
import { sourceSession } from './source';
import { replication } from './walsender/connect';

const NAME = 'holdfast-wal-archive';
/** Of one statement: telling the values of many sequences takes a moment, making a slot waits for writers. */
const STATEMENT_MS = 15_000;
const SECRET_MS = 5_000;
/** The archive itself tries again, and knows how long it may. */
const NEAR_PATIENCE = { tries: 2, tryMs: 6_000 };
const FAR_PATIENCE = { tries: 1, tryMs: 6_000 };

export type Settings = Readonly<Record<keyof typeof ENVIRONMENT, string>>;

/** Everything outside the archiver, as it is in AWS. */
export function awsWorld(settings: Settings, clock: Clock): World {
  const { host, port, name: database, secret } = settings;
  const address: Address = { host, port: Number(port), database };
  const options = { name: NAME } as const;
  const log = replication(address, clock, options);
  const sql = postgres(address, {
    ...options,
    queryMs: STATEMENT_MS + 1_000,
    statementMs: STATEMENT_MS,
  });
  const credential = credentials(secret, settings.nearRegion);
  return {
    near: s3Store({ bucket: settings.nearBucket, region: settings.nearRegion }, clock, NEAR_PATIENCE),
    far: s3Store({ bucket: settings.farBucket, region: settings.farRegion }, clock, FAR_PATIENCE),
    replication: () => credential((one) => log.connect(one)),
    source: () => credential(async (one) => sourceSession(await sql.connect(one))),
  };
}

type WithCredential = <T>(connect: (credential: Credential) => Promise<T>) => Promise<T>;

/** The credential is read once, and again when the database refuses it: it rotates between two users. */
function credentials(secret: string, region: string): WithCredential {
  const client = new SecretsManagerClient({ region });
  let known: Credential | undefined;
  const read = async (): Promise<Credential> => {
    const command = new GetSecretValueCommand({ SecretId: secret });
    const abortSignal = AbortSignal.timeout(SECRET_MS);
    const { SecretString = '' } = await client.send(command, { abortSignal });
    known = credentialOf(secret, parseFields(secret, SecretString));
    return known;
  };
  return async (connect) => {
    const before = known;
    try {
      return await connect(before ?? (await read()));
    } catch (error) {
      known = undefined;
      if (before === undefined || !(error instanceof LoginRefused)) throw error;
      return connect(await read());
    }
  };
}
