import { quarantinePattern, restoredPattern, secretArnPattern } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { HoldfastFunction } from '../../functions/holdfast-function';
import { allowKey } from '../archive/access';
import { instance, own, rds, SIX_CHARACTERS } from '../step-resources';

const BY_RESTORE = 'The name of a copy ends in that of the restore which made it.';
const BY_EPOCH = 'The name of an old primary ends in the epoch in which it was left.';

/** Lets a function read the credential of the owner of the tables, which a restored copy has too. */
export function allowOwner(reader: HoldfastFunction, platform: Platform, role: Role): void {
  const region = own(platform, role);
  const arn = secretArnPattern(platform, 'database-owner', region);
  reader.allow(['secretsmanager:GetSecretValue'], [arn]);
  reader.explainWildcard(arn, SIX_CHARACTERS);
  allowKey(reader, platform, region, ['kms:Decrypt'], 'secretsmanager');
}

const restoredCopies = (platform: Platform, role: Role): string =>
  rds(platform, role, `db:${restoredPattern(platform)}`);

/** Lets a function give a restored copy the password of today: it comes up with that of its base. */
export function allowChangingCopies(changer: HoldfastFunction, platform: Platform, role: Role): void {
  changer.allow(['rds:ModifyDBInstance'], [restoredCopies(platform, role)]);
  changer.explainWildcard(restoredCopies(platform, role), BY_RESTORE);
}

/** Lets a function see the writer, restored copies and old primaries that were put away. */
export function allowSeeingCopies(reader: HoldfastFunction, platform: Platform, role: Role): void {
  const copies = restoredCopies(platform, role);
  const quarantined = rds(platform, role, `db:${quarantinePattern(platform)}`);
  reader.allow(
    ['rds:DescribeDBInstances'],
    [...instance(platform, own(platform, role)), copies, quarantined],
  );
  reader.explainWildcard(copies, BY_RESTORE);
  reader.explainWildcard(quarantined, BY_EPOCH);
}
