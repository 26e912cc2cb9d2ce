import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type ArchiveMode, type ArchiveSettings, ENVIRONMENT } from '../../../lambda/wal-archive/contract';
import { secretArnPattern, secretName } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { HoldfastFunction, TRUSTS_RDS } from '../../functions/holdfast-function';
import { DATABASE_PORT } from '../../network/security-groups';
import type { ManagedInstance } from '../agent-environment';
import { startOnSchedule } from '../starts';
import { own, SIX_CHARACTERS } from '../step-resources';
import { allowKey, allowPutting, allowReading, archivePlaces, type Grantee, SEGMENTS } from './access';

export interface WalArchiveProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly instance: ManagedInstance;
}

/** Of memory Lambda gives CPU by: more than half a CPU, to decode, compress and put at once. */
const MEMORY_MIB = 1024;
/** A run that drains and hangs keeps the slot no longer than this; what is left the next one archives. */
const TIMEOUT = { drain: Duration.minutes(5), stream: Duration.minutes(15) } as const;
/** A run that streams takes over from the one before within the minute in which it was started. */
const STREAM_HANDOVER_SECONDS = 55;

/**
 * Archives the log of the database into both regions: a function that is started every minute. The slot is read by one at
 * a time, so a start that finds it in use ends. Both regions have it; where the database is a replica there is nothing to
 * do. Beside the service of `mode: service` it stays, and archives while no task of the service runs.
 */
export class WalArchive extends Construct {
  /** Name of the function, as a reference. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: WalArchiveProps) {
    super(scope, id);
    const { platform, role } = props;
    const mode = functionMode(platform);
    const archiver = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'wal-archive',
      description: 'Archives the log of the database into both regions',
      timeout: TIMEOUT[mode],
      memoryMib: MEMORY_MIB,
      logKey: props.logKey,
      network: props.network,
      environment: archiverEnvironment(props, mode),
    });
    this.functionName = archiver.name;
    allowArchiving(archiver, platform, role);
    startOnSchedule(this, {
      platform,
      target: archiver,
      folder: 'wal-archive',
      what: 'the archiver',
      starts: [{ expression: 'rate(1 minute)' }],
    });
  }
}

/** The function stands in for the service minute by minute. */
const functionMode = ({ backup }: Platform): Exclude<ArchiveMode, 'service'> =>
  backup.archive.mode === 'stream' ? 'stream' : 'drain';

/** Segments are put and read, in both regions, and never deleted; the credential is the archiver's own. */
export function allowArchiving(archiver: Grantee, platform: Platform, role: Role): void {
  for (const place of archivePlaces(platform, role)) {
    allowReading(archiver, platform, place, [SEGMENTS]);
    allowPutting(archiver, platform, place, [SEGMENTS]);
  }
  const secret = secretArnPattern(platform, 'database-archive', own(platform, role));
  archiver.allow(['secretsmanager:GetSecretValue'], [secret]);
  archiver.explainWildcard(secret, SIX_CHARACTERS);
  allowKey(archiver, platform, own(platform, role), ['kms:Decrypt'], 'secretsmanager');
}

/** @returns the environment of the function and of the service, as `lambda/wal-archive/contract.ts` names it */
export function archiverEnvironment(
  { platform, role, instance }: Pick<WalArchiveProps, 'platform' | 'role' | 'instance'>,
  mode: ArchiveMode,
): Record<string, string> {
  const [near, far] = archivePlaces(platform, role);
  const settings: ArchiveSettings = {
    mode,
    handoverSeconds: mode === 'stream' ? STREAM_HANDOVER_SECONDS : 0,
  };
  return {
    [ENVIRONMENT.host]: instance.host,
    [ENVIRONMENT.port]: String(DATABASE_PORT),
    [ENVIRONMENT.name]: instance.database.name,
    [ENVIRONMENT.secret]: secretName(platform, 'database-archive'),
    [ENVIRONMENT.nearBucket]: near.bucket,
    [ENVIRONMENT.nearRegion]: near.region,
    [ENVIRONMENT.farBucket]: far.bucket,
    [ENVIRONMENT.farRegion]: far.region,
    [ENVIRONMENT.platform]: platform.name,
    [ENVIRONMENT.settings]: JSON.stringify(settings),
    ...TRUSTS_RDS,
  };
}
