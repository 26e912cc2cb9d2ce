import { isWithin, type Target } from '../../../lambda/archive/restore/target';
import { secretName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import type { Ended, Manner } from '../telling';

/** A version of a secret; its value is never read. */
export interface SecretVersion {
  readonly id: string;
  readonly createdMs: number;
  readonly stages: readonly string[];
}

export interface KnownSecret {
  readonly name: string;
  /** When it is to be gone for good; undefined if it was not deleted. */
  readonly deletedMs: number | undefined;
}

/** Secrets Manager, as far as a restore needs it. */
export interface SecretVersions {
  /** Those whose name begins so, the deleted ones with them. */
  list(region: string, prefix: string): Promise<readonly KnownSecret[]>;
  versions(region: string, name: string): Promise<readonly SecretVersion[]>;
  undelete(region: string, name: string): Promise<void>;
  /** Makes a version the current one. */
  makeCurrent(region: string, name: string, version: string, instead: string | undefined): Promise<void>;
}

export interface SecretRequest {
  readonly target: Target;
  readonly region: string;
  /** Without the platform's name; undefined: only list. */
  readonly secret: string | undefined;
}

const CURRENT = 'AWSCURRENT';
const at = (ms: number): string => new Date(ms).toISOString();

/** Lists the versions of secrets, or brings back one that was deleted or as it was at a time. Values are never shown. */
export async function restoreSecrets(
  platform: Platform,
  { target, region, secret }: SecretRequest,
  port: SecretVersions,
  { dryRun }: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  if (target.kind === 'lsn') return refused('Secrets have no positions: say --to latest or a time.');
  const known = await port.list(region, secretName(platform, ''));
  const name = secret === undefined ? undefined : secretName(platform, secret);
  if (name === undefined) return listed(region, known, port, tell);
  const found = known.find((one) => one.name === name);
  if (!found) return refused(`There is no secret ${name} in ${region}, nor one that could be brought back.`);
  const versions = await port.versions(region, name);
  const current = versions.find(({ stages }) => stages.includes(CURRENT));
  const wanted = versionAt(versions, target);
  if (target.kind === 'time' && !wanted) return refused(`No version of ${name} is as old as that.`);
  const steps: string[] = [];
  if (found.deletedMs !== undefined) {
    steps.push(`${name} ${dryRun ? 'would be' : 'was'} brought back; it was to be gone for good.`);
    if (!dryRun) await port.undelete(region, name);
  }
  if (wanted && wanted.id !== current?.id) {
    steps.push(`Its version of ${at(wanted.createdMs)} ${dryRun ? 'would be' : 'is'} the current one.`);
    if (!dryRun) await port.makeCurrent(region, name, wanted.id, current?.id);
  }
  if (steps.length === 0)
    return { outcome: 'done', sentences: [`${name} is as it was: nothing was to be done.`] };
  const readers =
    'Tasks read it when they start: deploy their services anew. A database or a cache needs the same password.';
  return { outcome: dryRun ? 'would' : 'done', sentences: [...steps, readers] };
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });

/** @returns the youngest version of that time; undefined for `latest`, which is the current one as it is */
function versionAt(versions: readonly SecretVersion[], target: Target): SecretVersion | undefined {
  if (target.kind !== 'time') return undefined;
  const young = (one: SecretVersion, other: SecretVersion): number => other.createdMs - one.createdMs;
  return versions
    .filter(({ createdMs }) => isWithin(target, { endLsn: '0/0', commitTimeUs: String(createdMs * 1000) }))
    .sort(young)[0];
}

async function listed(
  region: string,
  known: readonly KnownSecret[],
  port: SecretVersions,
  tell: (sentence: string) => void,
): Promise<Ended> {
  for (const { name, deletedMs } of known) {
    const state = deletedMs === undefined ? '' : ', deleted';
    tell(`${name}${state}`);
    for (const { createdMs, stages, id } of await port.versions(region, name)) {
      tell(`  ${at(createdMs)}  ${id}  ${stages.join(', ') || 'no stage'}`);
    }
  }
  return {
    outcome: 'would',
    sentences: [`${known.length} secrets in ${region}; --secret <name> brings one back.`],
  };
}
