import type { NewPlatform, NewService } from '../../lib/config/new-platform';
import { chooseRegions, PROPOSED_HOMES } from '../../lib/config/region-pairs';
import { sizeName } from '../../lib/config/schema/primitives';
import { zoneOf } from '../../lib/config/starter';
import { type Field, objection, type PlatformOptions } from '../new-file/platform-options';
import type { Prompts } from './prompts';
import { serviceObjection } from './service-flag';

/** What the flags of `init` say. */
export interface InitFlags extends PlatformOptions {
  readonly services: readonly NewService[];
  /** Its name; true: with its usual name; false: none; undefined: not said. */
  readonly database: string | boolean | undefined;
  readonly cache: boolean | undefined;
}

/** Flags that are missing where nobody can be asked. */
export class MissingFlags extends Error {
  override readonly name = 'MissingFlags';
}

const DATABASE = 'app';

/**
 * A whole platform from flags alone: what has a default takes it.
 * @throws MissingFlags with all that must be said
 * @throws RangeError if the regions cannot be had
 */
export function answersOfFlags(flags: InitFlags): NewPlatform {
  const { name, domain, services, database = true, cache = false } = flags;
  const missing = [
    ...(name === undefined ? ['--name shop'] : []),
    ...(domain === undefined ? ['--domain shop.example.com'] : []),
    ...(services.length === 0 ? ['--service name=web,image=web:1.0.0,port=8080'] : []),
  ];
  if (name === undefined || domain === undefined || missing.length > 0)
    throw new MissingFlags(`nobody can be asked here, and something is missing; add: ${missing.join(' ')}`);
  return {
    name,
    account: flags.account,
    size: flags.size ?? 'medium',
    regions: chooseRegions(flags),
    domain,
    hostedZone: flags.hostedZone,
    hostedZoneId: flags.hostedZoneId,
    services,
    database: database === false ? undefined : database === true ? DATABASE : database,
    cache,
    email: flags.email,
  };
}

/**
 * Asks for everything that no flag says.
 * @throws RangeError if the regions cannot be had
 */
export async function askAnswers(flags: InitFlags, prompts: Prompts): Promise<NewPlatform> {
  const text = (key: Field, message: string, usual?: string) =>
    prompts.text({ message, default: usual, check: (answer) => objection(key, answer) });
  const optional = async (key: Field, message: string): Promise<string | undefined> => {
    const check = (answer: string) => (answer === '' ? undefined : objection(key, answer));
    return (await prompts.text({ message, check })) || undefined;
  };
  const name = flags.name ?? (await text('name', 'Name of the platform (it can never be changed):'));
  const account = flags.account ?? (await optional('account', 'AWS account (empty: fill it in later):'));
  const regions = await askRegions(flags, prompts);
  const size =
    flags.size ??
    sizeName.parse(await prompts.choose({ message: 'Size:', choices: sizeName.options, default: 'medium' }));
  const domain = flags.domain ?? (await text('domain', 'Domain of the platform:', `${name}.example.com`));
  const hostedZone =
    flags.hostedZone ?? (await text('hostedZone', 'Hosted zone that holds it:', zoneOf(domain)));
  const hostedZoneId =
    flags.hostedZoneId ??
    (await optional('hostedZoneId', 'Id of the hosted zone (empty: fill it in later):'));
  const services = flags.services.length > 0 ? flags.services : await askServices(prompts);
  return {
    name,
    account,
    size,
    regions,
    domain,
    hostedZone,
    hostedZoneId,
    services,
    database: await askDatabase(flags, prompts),
    cache: flags.cache ?? (await prompts.confirm({ message: 'A cache (Valkey)?', default: false })),
    email: flags.email ?? (await optional('email', 'E-mail address for alarms (empty: none yet):')),
  };
}

/** Home first; the others are proposed for it. */
async function askRegions(flags: InitFlags, prompts: Prompts): Promise<NewPlatform['regions']> {
  const choose = (message: string, choices: readonly string[], usual: string) =>
    prompts.choose({ message, choices, default: usual });
  const home = flags.home ?? (await choose('Home region:', PROPOSED_HOMES, 'us-east-1'));
  const proposed = chooseRegions({ ...flags, home });
  const others = PROPOSED_HOMES.filter((region) => region !== home);
  const standby = flags.standby ?? (await choose('Standby region:', others, proposed.standby));
  return chooseRegions({ home, standby, witness: flags.witness });
}

async function askDatabase({ database }: InitFlags, prompts: Prompts): Promise<string | undefined> {
  if (typeof database === 'string') return database;
  const wanted = database ?? (await prompts.confirm({ message: 'A database (PostgreSQL)?', default: true }));
  if (!wanted) return undefined;
  if (database === true) return DATABASE;
  return prompts.text({
    message: 'Name of the database:',
    default: DATABASE,
    check: (answer) => objection('database', answer),
  });
}

async function askServices(prompts: Prompts): Promise<NewService[]> {
  const services: NewService[] = [];
  do {
    services.push(await askService(prompts, services));
  } while (await prompts.confirm({ message: 'Another service?', default: false }));
  return services;
}

async function askService(prompts: Prompts, before: readonly NewService[]): Promise<NewService> {
  const name = await prompts.text({
    message: 'Name of the service:',
    default: before.length === 0 ? 'web' : undefined,
    check: (answer) =>
      before.some((one) => one.name === answer)
        ? 'there is one of this name'
        : serviceObjection('name', answer),
  });
  const text = (key: 'image' | 'port' | 'path' | 'health', message: string, usual: string) =>
    prompts.text({
      message,
      default: usual,
      check: (answer) => serviceObjection(key, answer),
    });
  const image = await text('image', 'Its image:', `${name}:1.0.0`);
  if (!(await prompts.confirm({ message: 'Does it answer requests?', default: true })))
    return { name, image, port: undefined, path: undefined, health: undefined };
  return {
    name,
    image,
    port: Number(await text('port', 'Port that it listens on:', '8080')),
    path: await text(
      'path',
      'Requests that it gets:',
      before.some(({ path }) => path === '/*') ? `/${name}/*` : '/*',
    ),
    health: await text('health', 'Path of its health check:', '/health'),
  };
}
