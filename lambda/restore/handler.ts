import { ownerLogin } from '../archive/aws/owner-login';
import { s3Store } from '../archive/aws/s3';
import { eitherOf } from '../archive/restore/either';
import { systemClock } from '../runtime/clock';
import { required } from '../runtime/environment';
import { sentenceOf } from '../runtime/errors';
import { standardLog } from '../runtime/log';
import { rdsInstances } from './aws';
import { type ArchivePlace, ENVIRONMENT } from './contract';
import { perform } from './perform';
import type { RestoreReply, RestoreRequest } from './request';

/** Does what the operator's command line asks for, next to the databases, which nobody outside the VPC can reach. */
export async function handler(
  request: RestoreRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<RestoreReply> {
  const found = required(process.env, ENVIRONMENT);
  // Another endpoint than AWS's own serves no names of buckets below its own.
  const forcePathStyle = process.env.AWS_ENDPOINT_URL_S3 !== undefined;
  const places = JSON.parse(found.archives) as ArchivePlace[];
  const ports = {
    instances: rdsInstances(),
    login: ownerLogin('holdfast-restore', found.ownerSecret, Number(found.databasePort), found.databaseName),
    archive: eitherOf(places.map((place) => s3Store({ ...place, forcePathStyle }, systemClock))),
    clock: systemClock,
  };
  const deadlineMs = systemClock.monotonic() + context.getRemainingTimeInMillis();
  const host = { identifier: found.identifier, database: found.databaseName, deadlineMs };
  const { operation } = request;
  try {
    const reply = await perform(ports, host, request);
    standardLog('restore', { operation, outcome: reply.outcome, sentence: reply.sentence });
    return reply;
  } catch (error) {
    standardLog('restore-failed', { operation, sentence: sentenceOf(error) });
    throw error;
  }
}
