import { z } from 'zod';
import { describeAllowed, describeShort, unwrap } from './schema-walk';

/**
 * The tables of `docs/platform-file.md`: one for each mapping of the schema, in its order, so that the page cannot
 * say anything else than what is checked.
 */
interface Section {
  /** `services.<name>.health` */
  readonly path: string;
  /** For alternatives: `kind: managed`. */
  readonly variant?: string;
  readonly description?: string | undefined;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
}

/** @returns all tables with their headings, as Markdown */
export function referenceTables(root: z.ZodObject): string {
  return sectionsOf(root, '', undefined).map(render).join('\n');
}

function sectionsOf(schema: z.core.$ZodType, path: string, description: string | undefined): Section[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const { shape } = inner;
    const below = Object.entries(shape).flatMap(([key, child]) =>
      sectionsOf(child, path === '' ? key : `${path}.${key}`, descriptionOf(child)),
    );
    return [{ path, description, shape }, ...below];
  }
  if (inner instanceof z.ZodRecord) return sectionsOf(inner.valueType, `${path}.<name>`, description);
  if (inner instanceof z.ZodArray) return sectionsOf(inner.element, `${path}[]`, description);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return [];
  return inner.options.flatMap((option) => {
    const { discriminator } = inner.def;
    const [own, ...below] = sectionsOf(option, path, description);
    if (!own) return [];
    const choice = describeAllowed(own.shape[discriminator] ?? option);
    return [{ ...own, variant: `${discriminator}: ${choice}` }, ...below];
  });
}

/** The text of a schema, or of what it wraps. */
export function descriptionOf(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return descriptionOf(schema.unwrap());
  }
  return undefined;
}

const heading = ({ path, variant }: Pick<Section, 'path' | 'variant'>): string =>
  path === '' ? 'The file' : variant === undefined ? `\`${path}\`` : `\`${path}\` with \`${variant}\``;

/** The anchor that GitHub gives a heading. */
const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function render(section: Section): string {
  const rows = Object.entries(section.shape).map(([key, schema]) => {
    const path = section.path === '' ? key : `${section.path}.${key}`;
    const cells = [`\`${key}\``, allowed(path, schema), defaultOf(schema), descriptionOf(schema) ?? ''];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    `### ${heading(section)}`,
    '',
    ...(section.description === undefined ? [] : [section.description, '']),
    '| key | allowed | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** What may be written, with links to the tables of what is inside. */
function allowed(path: string, schema: z.core.$ZodType): string {
  const links = sectionsOf(schema, path, undefined)
    .filter((section, i, all) => section.path === all[0]?.path || (i === 0 && section.path !== ''))
    .map((section) => `[${heading(section)}](#${anchor(heading(section))})`);
  const inner = unwrap(schema);
  if (links.length === 0) {
    return inner instanceof z.ZodRecord
      ? `names (${describeAllowed(inner.keyType)}), each ${describeAllowed(inner.valueType)}`
      : describeAllowed(schema);
  }
  if (inner instanceof z.ZodRecord)
    return `names (${describeAllowed(inner.keyType)}), each ${links.join(' or ')}`;
  const mapping = `${describeShort(schema)}${links.join(' or ')}`;
  return inner instanceof z.ZodArray ? `a list, each ${mapping}` : mapping;
}

function defaultOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault) return `\`${JSON.stringify(schema.def.defaultValue)}\``;
  if (schema instanceof z.ZodPrefault) return 'its defaults';
  if (!(schema instanceof z.ZodOptional)) return '**required**';
  return /Default/.test(descriptionOf(schema) ?? '') ? 'see there' : 'none';
}
