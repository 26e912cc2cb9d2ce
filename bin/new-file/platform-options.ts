import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { database } from '../../lib/config/schema/data';
import { platformSchema } from '../../lib/config/schema/platform';
import { sizeName } from '../../lib/config/schema/primitives';
import { domain, regions } from '../../lib/config/schema/regions';
import { describeAllowed } from '../../lib/config/schema-walk';

/** What a new platform file is told by flags, whatever it is made from. */
export interface PlatformOptions {
  readonly name?: string;
  readonly account?: string;
  readonly size?: z.output<typeof sizeName>;
  readonly home?: string;
  readonly standby?: string;
  readonly witness?: string;
  readonly domain?: string;
  readonly hostedZone?: string;
  readonly hostedZoneId?: string;
  readonly email?: string;
}

/** Keys of a platform file that hold what a flag or an answer says. */
export const FIELDS = {
  name: platformSchema.shape.name,
  account: platformSchema.shape.account,
  region: regions.shape.home.shape.name,
  domain: domain.shape.name,
  hostedZone: domain.shape.hostedZone.shape.name,
  hostedZoneId: domain.shape.hostedZone.shape.id,
  email: z.email(),
  database: database.options[0].shape.name,
} as const;
export type Field = keyof typeof FIELDS;

/** @returns why a text cannot be the value of a field; undefined if it can */
export function objection(key: Field, value: string): string | undefined {
  if (FIELDS[key].safeParse(value).success) return undefined;
  return `${JSON.stringify(value)} is not allowed; allowed: ${describeAllowed(FIELDS[key])}.`;
}

/** For a flag: the value, or what is wrong with it. */
export const checkedField = (key: Field) => (value: string) => {
  const why = objection(key, value);
  if (why !== undefined) throw new InvalidArgumentError(why);
  return value;
};

/** In the help they take two lines together: each is the name of a key of the platform file. */
const FLAGS: readonly (readonly [flag: string, key: Field])[] = [
  ['--name <name>', 'name'],
  ['--account <digits>', 'account'],
  ['--home <region>', 'region'],
  ['--standby <region>', 'region'],
  ['--witness <region>', 'region'],
  ['--domain <name>', 'domain'],
  ['--hosted-zone <name>', 'hostedZone'],
  ['--hosted-zone-id <id>', 'hostedZoneId'],
  ['--email <address>', 'email'],
];

/** What the help says of them. */
export const PLATFORM_OPTIONS_HELP = `Of the platform: --name --account --size (small, medium, large) --domain --hosted-zone
--hosted-zone-id --home --standby --witness --email (of alarms)`;

/** Adds the flags that say what only a person knows. */
export function addPlatformOptions(command: Command): Command {
  for (const [flag, key] of FLAGS)
    command.addOption(new Option(flag).argParser(checkedField(key)).hideHelp());
  return command.addOption(new Option('--size <size>').choices(sizeName.options).hideHelp());
}
