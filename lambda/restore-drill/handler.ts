import { ownerLogin } from '../archive/aws/owner-login';
import { s3Store } from '../archive/aws/s3';
import { eitherOf } from '../archive/restore/either';
import type { ObjectStore } from '../archive/store';
import { dynamoTable } from '../leader/aws';
import { readRecord } from '../leader/read';
import { systemClock } from '../runtime/clock';
import { listOf, required } from '../runtime/environment';
import { createLog } from '../runtime/log';
import { drillCopies } from './aws';
import { type ArchivePlace, type DrillRequest, type DrillSettings, ENVIRONMENT } from './contract';
import { drill } from './drill';
import { type Inspected, inspect } from './inspection';
import { inspectionRecords } from './inspection-records';
import { measure, measureInspection } from './measure';
import type { Ports } from './ports';
import { drillRecords } from './records';

/** Time that is kept for the end of a run, in milliseconds. */
const END_MS = 60_000;

/** An inspection of the archive takes no more of a run than this, in milliseconds: it is in no hurry, and costs by time. */
const INSPECTION_MS = 120_000;

/** Without the prefix that Lambda gives to the console's lines: CloudWatch finds metrics in lines of pure JSON. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** A start is one run, which goes on with the drill as far as it comes, and then with the inspection of the archive. */
export async function handler(
  { start }: DrillRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const deadlineMs = systemClock.monotonic() + context.getRemainingTimeInMillis() - END_MS;
  const found = required(process.env, ENVIRONMENT);
  const settings = JSON.parse(found.settings) as DrillSettings;
  // Another endpoint than AWS's own serves no names of buckets below its own.
  const forcePathStyle = process.env.AWS_ENDPOINT_URL_S3 !== undefined;
  const places = JSON.parse(found.archives) as ArchivePlace[];
  const stores = places.map((place) => s3Store({ ...place, forcePathStyle }, systemClock));
  const [near, far] = stores;
  if (!near) throw new RangeError('There is no bucket in which drills could be written down.');
  const tables = listOf(found.tableRegions).map((region) => dynamoTable(found.table, region));
  const ports: Ports = {
    copies: drillCopies(found.identifier, found.platform, settings.instance),
    records: drillRecords(near),
    login: ownerLogin(
      'holdfast-restore-drill',
      found.ownerSecret,
      Number(found.databasePort),
      found.databaseName,
    ),
    archive: eitherOf(stores),
    leads: async () => (await readRecord(tables, systemClock))?.holder === found.region,
    clock: systemClock,
  };
  const hasTime = (): boolean => systemClock.monotonic() < deadlineMs;
  const turn = await drill(ports, { identifier: found.identifier, settings, hasTime }, start === true);
  measure(found.platform, turn, settings, systemClock, log);
  const inspected = (await ports.leads())
    ? await inspection(near, far, ports, settings, deadlineMs)
    : undefined;
  measureInspection(found.platform, inspected, systemClock, log);
}

/** @param deadlineMs on the monotonic clock */
function inspection(
  near: ObjectStore,
  far: ObjectStore | undefined,
  { archive }: Ports,
  settings: DrillSettings,
  deadlineMs: number,
): Promise<Inspected> {
  const endMs = Math.min(deadlineMs, systemClock.monotonic() + INSPECTION_MS);
  const stores = far ? { near, far } : { near };
  const ports = { records: inspectionRecords(near, archive), stores, clock: systemClock };
  return inspect(ports, { ...settings, hasTime: () => systemClock.monotonic() < endMs });
}
