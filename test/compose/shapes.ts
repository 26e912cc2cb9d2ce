import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Imported, type ImportOptions, importCompose } from '../../lib/compose/import-compose';

const SHAPES = resolve(__dirname, 'shapes');

/** What a person would say to the import of one of the shapes. */
interface Shape {
  readonly files: readonly string[];
  readonly options?: Partial<ImportOptions>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Compose files as people write them, each in a folder below `shapes/`, with what the import makes of it. */
export const COMPOSE_SHAPES: Readonly<Record<string, Shape>> = {
  'django-celery': {
    files: ['docker-compose.yml'],
    options: { name: 'shop', domain: 'shop.example.org', email: 'ops@example.org', account: '123456789012' },
  },
  'node-nginx': { files: ['docker-compose.yml'], environment: { LOG_LEVEL: 'info' } },
  'swarm-stack': { files: ['stack.yml'], options: { home: 'eu-central-1', size: 'medium' } },
  'extends-profiles': {
    files: ['compose.yaml', 'compose.production.yaml'],
    environment: { APP_VERSION: '7.3.1' },
  },
  'rails-traefik': { files: ['docker-compose.yml'] },
  'rabbit-minio': { files: ['docker-compose.yml'], options: { hostedZoneId: 'Z0123456789ABC' } },
  'wordpress-mysql': { files: ['docker-compose.yml'] },
};

/** Imports files of a folder; paths in messages are relative to it. */
export function importFrom(folder: string, { files, options = {}, environment = {} }: Shape): Imported {
  return importCompose(
    {
      files,
      envFiles: [],
      environment,
      read: (path) => {
        const file = join(folder, path);
        return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
      },
    },
    {
      size: 'small',
      profiles: [],
      folderName: relative(SHAPES, folder),
      schema: '../docs/platform.schema.json',
      ...options,
    },
  );
}

/** Folder of a shape: its Compose files, and `platform.yaml` and `remarks.txt` as the import is to write them. */
export const folderOf = (shape: string): string => join(SHAPES, shape);

const known = new Map<string, Imported>();

/**
 * What the import makes of a shape, once per test file.
 * @throws Error if there is no such shape
 */
export function importShape(name: string): Imported {
  const imported = known.get(name) ?? importAnew(name);
  known.set(name, imported);
  return imported;
}

function importAnew(name: string): Imported {
  const shape = COMPOSE_SHAPES[name];
  if (!shape) throw new Error(`There is no shape ${name}; there are ${readdirSync(SHAPES).join(', ')}.`);
  return importFrom(folderOf(name), shape);
}
