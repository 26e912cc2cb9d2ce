import { systemClock } from '../runtime/clock';
import type { Context } from '../runtime/custom-resource';
import { required } from '../runtime/environment';
import { sentenceOf } from '../runtime/errors';
import { standardLog } from '../runtime/log';
import { ecsReaders, elastiCache, rdsInstance, replicatedCopies, secretsManager } from './aws';
import { cacheToken } from './cache';
import { ENVIRONMENT, type SecretKind } from './contract';
import { databaseApplication } from './database-application';
import { databaseOwner } from './database-owner';
import { RotationRefused } from './errors';
import { credentialOf, parseFields } from './fields';
import { kindOf } from './kinds';
import type { Credential, Database, SecretStore } from './ports';
import { postgres } from './postgres';
import { randomValue } from './random';
import { systemRandomness } from './randomness';
import { readersOf } from './readers';
import { restartReaders } from './restart';
import { type Rotation, type RotationEvent, rotate } from './rotate';

/** Time kept for the last call, in milliseconds. */
const MARGIN_MS = 10_000;

export async function handler(event: RotationEvent, context: Context): Promise<void> {
  const { secrets } = required(process.env, { secrets: ENVIRONMENT.secrets });
  const store = secretsManager();
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const rotation = rotationOf(kindOf(secrets, event.SecretId), event.SecretId, store, deadline);
  const finished = await rotate(event, store, rotation, standardLog);
  if (finished) await restart(event, deadline);
}

/** The rotation is done: whatever goes wrong here is said in the log, and its readers are in no hurry. */
async function restart({ SecretId, ClientRequestToken }: RotationEvent, deadline: number): Promise<void> {
  try {
    const readers = readersOf(process.env[ENVIRONMENT.readers], SecretId);
    await restartReaders({ secretId: SecretId, version: ClientRequestToken }, readers, {
      own: process.env.AWS_REGION ?? '',
      services: ecsReaders,
      copies: replicatedCopies(),
      clock: systemClock,
      log: standardLog,
      deadline,
    });
  } catch (error) {
    const sentence = `The services that read the secret were not started anew: ${sentenceOf(error)}`;
    standardLog('secret-readers-failed', { secret: SecretId, sentence });
  }
}

function rotationOf(kind: SecretKind, secret: string, store: SecretStore, deadline: number): Rotation {
  switch (kind) {
    case 'database-owner': {
      const { identifier } = required(process.env, { identifier: ENVIRONMENT.databaseIdentifier });
      const instance = rdsInstance(identifier);
      return databaseOwner(secret, databaseHere(), instance, systemRandomness, systemClock, deadline);
    }
    case 'database-application': {
      const { owner } = required(process.env, { owner: ENVIRONMENT.ownerSecret });
      return databaseApplication(secret, databaseHere(), () => ownerOf(owner, store), systemRandomness);
    }
    case 'cache': {
      const { identifier } = required(process.env, { identifier: ENVIRONMENT.cacheIdentifier });
      return cacheToken(secret, elastiCache(identifier), systemRandomness, systemClock, deadline);
    }
    case 'random':
      return randomValue(secret, systemRandomness);
  }
}

function databaseHere(): Database {
  const { host, port, database } = required(process.env, {
    host: ENVIRONMENT.databaseHost,
    port: ENVIRONMENT.databasePort,
    database: ENVIRONMENT.databaseName,
  });
  return postgres({ host, port: Number(port), database });
}

async function ownerOf(secret: string, store: SecretStore): Promise<Credential> {
  const value = await store.read(secret, 'AWSCURRENT');
  if (value === undefined) throw new RotationRefused(secret, 'it has no current value');
  return credentialOf(secret, parseFields(secret, value));
}
