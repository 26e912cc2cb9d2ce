import { systemClock } from '../runtime/clock';
import type { Context } from '../runtime/custom-resource';
import { listOf, required } from '../runtime/environment';
import { standardLog } from '../runtime/log';
import { postgres } from '../runtime/postgres/connect';
import type { Credential, Database } from '../runtime/postgres/session';
import { AGENT, APPLICATION, ARCHIVE, MONITOR } from '../runtime/postgres/users';
import { credentialOf, parseFields } from '../runtime/secret-fields';
import { ecsCluster, elastiCache, rdsInstance, replicatedCopies, secretsManager } from './aws';
import { cacheToken } from './cache';
import {
  AGENT_USERS,
  APPLICATION_USERS,
  ARCHIVE_USERS,
  ENVIRONMENT,
  MONITOR_USERS,
  type SecretKind,
} from './contract';
import { databaseOwner } from './database-owner';
import { databaseUsers, type Turns } from './database-users';
import { RotationRefused } from './errors';
import { kindOf } from './kinds';
import type { SecretStore } from './ports';
import { randomValue } from './random';
import { systemRandomness } from './randomness';
import { regionsOfReaders } from './readers';
import { restartReaders } from './restart';
import { type Rotation, type RotationEvent, rotate } from './rotate';

/** Time kept for the last call, in milliseconds. */
const MARGIN_MS = 10_000;

export async function handler(event: RotationEvent, context: Context): Promise<void> {
  const { secrets } = required(process.env, { secrets: ENVIRONMENT.secrets });
  const store = secretsManager();
  const deadline = systemClock.now() + context.getRemainingTimeInMillis() - MARGIN_MS;
  const kind = kindOf(secrets, event.SecretId);
  const rotation = rotationOf(kind, event.SecretId, store, deadline);
  const finished = await rotate(event, store, rotation, standardLog);
  if (finished) await restart(event, kind, deadline);
}

/** The rotation is done: whatever goes wrong here is said in the log. Without a cluster nobody reads the secrets. */
async function restart(event: RotationEvent, kind: SecretKind, deadline: number): Promise<void> {
  const { env } = process;
  const clusters = listOf(env[ENVIRONMENT.readersClusters] ?? '');
  const own = env.AWS_REGION ?? '';
  const regions = regionsOfReaders(kind, own, listOf(env[ENVIRONMENT.readersRegions] ?? ''));
  const rotated = { secretId: event.SecretId, version: event.ClientRequestToken };
  const restartIn = (name: string) =>
    restartReaders(rotated, regions, {
      own,
      cluster: (region) => ecsCluster(name, region),
      copies: replicatedCopies(),
      clock: systemClock,
      log: standardLog,
      deadline,
    });
  await Promise.all(clusters.map(restartIn));
}

function rotationOf(kind: SecretKind, secret: string, store: SecretStore, deadline: number): Rotation {
  switch (kind) {
    case 'database-owner': {
      const { identifier } = required(process.env, { identifier: ENVIRONMENT.databaseIdentifier });
      const instance = rdsInstance(identifier);
      return databaseOwner(secret, databaseHere(), instance, systemRandomness, systemClock, deadline);
    }
    case 'database-application':
      return usersInTurn(secret, { group: APPLICATION, users: APPLICATION_USERS }, store);
    case 'database-agent':
      return usersInTurn(secret, { group: AGENT, users: AGENT_USERS }, store);
    case 'database-archive':
      return usersInTurn(secret, { group: ARCHIVE, users: ARCHIVE_USERS }, store);
    case 'database-monitor':
      return usersInTurn(secret, { group: MONITOR, users: MONITOR_USERS }, store);
    case 'cache': {
      const { identifier } = required(process.env, { identifier: ENVIRONMENT.cacheIdentifier });
      return cacheToken(secret, elastiCache(identifier), systemRandomness, systemClock, deadline);
    }
    case 'random':
      return randomValue(secret, systemRandomness);
  }
}

function usersInTurn(secret: string, turns: Turns, store: SecretStore): Rotation {
  const { owner } = required(process.env, { owner: ENVIRONMENT.ownerSecret });
  return databaseUsers(secret, turns, databaseHere(), () => ownerOf(owner, store), systemRandomness);
}

function databaseHere(): Database {
  const { host, port, database } = required(process.env, {
    host: ENVIRONMENT.databaseHost,
    port: ENVIRONMENT.databasePort,
    database: ENVIRONMENT.databaseName,
  });
  return postgres({ host, port: Number(port), database }, { name: 'holdfast-secret-rotation' });
}

async function ownerOf(secret: string, store: SecretStore): Promise<Credential> {
  const value = await store.read(secret, 'AWSCURRENT');
  if (value === undefined) throw new RotationRefused(secret, 'it has no current value');
  return credentialOf(secret, parseFields(secret, value));
}
