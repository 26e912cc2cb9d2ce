import { RANDOM_SECRET_FIELD } from '../../lambda/secret-rotation/contract';
import { fileSecret } from '../../lib/config/names';
import type { NamedSecret, Platform } from '../../lib/config/platform';
import { noSuch } from '../../lib/config/suggest';
import { DATABASE_SECRETS } from '../../lib/security/replicated-secrets';
import { expectedFields, secretUses } from '../../lib/security/secret-uses';
import { misfitOfFile, misfitOfSecret } from './value';

/** Who gives a secret its value. */
export type Keeper = 'person' | 'AWS, once' | 'AWS, rotated' | 'Holdfast';

/** Something that Secrets Manager keeps for a platform: a secret, or a configuration file. */
export interface Item {
  /** As the platform file names it. */
  readonly name: string;
  /** Name of the secret without that of the platform. */
  readonly secret: string;
  readonly keeper: Keeper;
  readonly description: string;
  /** Places that read it. */
  readonly uses: readonly string[];
  /** Services that read it. */
  readonly readers: readonly string[];
  /** Command that gives it a value. */
  readonly remedy: string;
  /** @returns what is wrong with a value, as the end of a sentence about it; undefined: nothing */
  misfit(text: string): string | undefined;
  /** What a person handed over as it is kept. */
  kept(text: string): string;
}

const asItIs = (text: string): string => text;

/** @returns the secrets that home owns and copies, sorted by name */
export function secretItems(platform: Platform): Item[] {
  const own = platform.database?.kind === 'managed' ? DATABASE_SECRETS : [];
  const items = [
    ...own.map((name) => secretItem(platform, name, 'Holdfast', 'Made and rotated by Holdfast')),
    ...platform.secrets.map((one) => secretItem(platform, one.name, keeperOf(one), one.description)),
  ];
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const keeperOf = ({ generate, rotateDays }: NamedSecret): Keeper =>
  generate ? (rotateDays === undefined ? 'AWS, once' : 'AWS, rotated') : 'person';

function secretItem(platform: Platform, name: string, keeper: Keeper, description: string): Item {
  const uses = secretUses(platform).flatMap((use) => (use.secret === name ? [use.place] : []));
  const services = uses.flatMap((place) => /^services\.([^.]+)\./.exec(place)?.[1] ?? []);
  const fields = expectedFields(platform, name);
  return {
    name,
    secret: name,
    keeper,
    description,
    uses,
    readers: [...new Set(services)],
    remedy: keeper === 'Holdfast' ? 'npx holdfast deploy' : `npx holdfast secrets set ${name}`,
    misfit: (text) => misfitOfSecret(text, fields),
    // A generated secret is a JSON object with one field: a plain value becomes that.
    kept: (text) =>
      keeper === 'person' || text.trimStart().startsWith('{')
        ? text
        : JSON.stringify({ [RANDOM_SECRET_FIELD]: text }),
  };
}

/** @returns the configuration files, sorted by name */
export const fileItems = (platform: Platform): Item[] =>
  Object.entries(platform.files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { description, services, path }]) => ({
      name,
      secret: fileSecret(name),
      keeper: 'person',
      description,
      uses: services.map((service) => `${service}:${path}`),
      readers: services,
      remedy: `npx holdfast files set ${name} --from-file FILE`,
      misfit: (text) => misfitOfFile(path, text),
      kept: asItIs,
    }));

/**
 * The item that a person may write.
 * @returns it, or why there is none
 */
export function settable(
  kind: 'secret' | 'file',
  items: readonly Item[],
  name: string,
): { readonly item: Item } | { readonly problem: string } {
  const item = items.find((one) => one.name === name);
  if (item?.keeper === 'Holdfast' || (kind === 'secret' && name === 'cache' && !item))
    return { problem: `${name} is set and rotated by Holdfast itself; nobody else may write it.` };
  if (item) return { item };
  const names = items.filter(({ keeper }) => keeper !== 'Holdfast').map((one) => one.name);
  return { problem: `In the platform file ${noSuch(kind, name, names)}` };
}
