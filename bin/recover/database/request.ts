import { parseTarget, type Target, targetText } from '../../../lambda/archive/restore/target';
import { restoredPrefix } from '../../../lambda/restore/contract';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { databaseIdentifier } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { noSuch } from '../../../lib/config/suggest';

/** What an operator asks for: which database, until when, under which name. */

export interface DatabaseRequest {
  readonly target: Target;
  /** Identifier of the new instance. */
  readonly identifier: string;
  readonly region: string | undefined;
  /** Tables that are to be copied into the living database afterwards. */
  readonly tables: readonly string[];
}

/** As the command line has it. */
export interface DatabaseOptions {
  readonly to?: string;
  readonly into?: string;
  readonly region?: string;
  readonly tables?: string;
}

export class BadRequest extends HoldfastError {}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints */
const IDENTIFIER_MAX = 63;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Names that the restore drill gives its copies. */
const DRILL = /^drill(-|$)/;

/**
 * @param nowMs names the instance, if nobody did
 * @throws {BadRequest}
 * @throws {BadTarget}
 */
export function databaseRequest(
  platform: Platform,
  options: DatabaseOptions,
  nowMs: number,
): DatabaseRequest {
  if (platform.database?.kind !== 'managed')
    throw new BadRequest(`${platform.name} has no managed database that could be restored.`);
  const { to, region } = options;
  if (to === undefined)
    throw new BadRequest('Say until when: --to latest, --to 2026-01-31T12:00:00Z or --to 0/16B3748.');
  const regions = [platform.regions.home.name, platform.regions.standby.name];
  if (region !== undefined && !regions.includes(region))
    throw new BadRequest(noSuch('region of this platform with a database', region, regions));
  const target = parseTarget(to);
  const name =
    options.into ?? `at-${new Date(nowMs).toISOString().slice(0, 16).replace(/[-:]/g, '').toLowerCase()}`;
  return { target, identifier: identifierOf(platform, name), region, tables: tablesIn(options.tables) };
}

function identifierOf(platform: Platform, name: string): string {
  const prefix = restoredPrefix(databaseIdentifier(platform));
  const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const identifier = `${prefix}${own}`;
  if (!NAME.test(own) || DRILL.test(own) || identifier.length > IDENTIFIER_MAX) {
    throw new BadRequest(
      `${name} is no name for a restored database: small letters, digits and single hyphens, beginning with a letter and not with drill, at most ${IDENTIFIER_MAX - prefix.length} characters.`,
    );
  }
  return identifier;
}

const tablesIn = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** The schema of the living database that copied tables come into: `restored_<name>`. */
export const copySchema = (platform: Platform, identifier: string): string =>
  `restored_${identifier.slice(restoredPrefix(databaseIdentifier(platform)).length).replaceAll('-', '_')}`;

/** The command that goes on with a request. */
export const commandOf = (
  platform: Platform,
  { target, identifier, region, tables }: DatabaseRequest,
): string =>
  [
    'npx holdfast restore',
    `--platform ${platform.name}`,
    `--to ${targetText(target)}`,
    `--into ${identifier.slice(restoredPrefix(databaseIdentifier(platform)).length)}`,
    ...(region === undefined ? [] : [`--region ${region}`]),
    ...(tables.length === 0 ? [] : [`--tables ${tables.join(',')}`]),
  ].join(' ');
