import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { remarkLine } from '../../lib/compose/report';
import { parsePlatform } from '../../lib/config/load';
import { synthesize } from '../support/synth';
import { COMPOSE_SHAPES, folderOf, importShape } from './shapes';

const shapes = Object.keys(COMPOSE_SHAPES);

/** @throws Error if the shape has problems */
function imported(name: string) {
  const result = importShape(name);
  if (result.kind === 'problems') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result;
}

const kept = (shape: string, file: string): string => readFileSync(join(folderOf(shape), file), 'utf8');

describe('Compose files as people write them', () => {
  it.each(shapes)('become the platform file that stands beside them: %s', (shape) => {
    expect(imported(shape).text).toBe(kept(shape, 'platform.yaml'));
  });

  it.each(shapes)('give one line for each thing that was not carried over as it stands: %s', (shape) => {
    expect(`${imported(shape).remarks.map(remarkLine).join('\n')}\n`).toBe(kept(shape, 'remarks.txt'));
  });

  it.each(shapes)('become a platform that is valid and synthesizes: %s', (shape) => {
    const { text, name } = imported(shape);
    const platform = parsePlatform(text, `${shape}.yaml`);
    const { templates } = synthesize(platform);
    expect(platform.name).toBe(name);
    for (const service of platform.services) {
      const stacks = [...templates.keys()].filter((stack) => stack.endsWith(`-Service-${service.name}`));
      expect(stacks).toHaveLength(2);
    }
  });

  it.each(shapes)('keep their secrets to themselves: %s', (shape) => {
    const result = imported(shape);
    const said = JSON.stringify(result);
    for (const value of [
      'correct-horse-battery',
      'django-insecure',
      'mailgun-password',
      'abcdef@o1',
      's3cr3t-of-api',
      'sk_live',
      'tok-4711',
      'rails-password',
      'redis-password',
      'amqp-password',
      'minio-password',
      'db-pa55word',
      'reporting-password',
      'wordpress-password',
    ])
      expect(said).not.toContain(value);
  });

  it('say where everything stands, and what is to be done about it', () => {
    const all = shapes.flatMap((shape) => imported(shape).remarks);
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(({ line, what, why }) => line < 1 || what === '' || why === '')).toEqual([]);
  });

  it('say once what several services take from one anchor, and for which', () => {
    const lines = imported('django-celery').remarks.map(remarkLine);
    const urls = lines.filter((line) => line.includes('environment.DATABASE_URL:'));
    expect(urls).toHaveLength(1);
    expect(urls[0]).toMatch(/^docker-compose\.yml:12: .* DATABASE_URL \(also of worker, beat\): /);
  });
});

describe('the platforms of the shapes', () => {
  const documentOf = (shape: string) => parse(imported(shape).text);

  it('run what migrates once, and no longer in every task', () => {
    const { web } = documentOf('django-celery').services;
    expect(web.migration.command).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
    expect(web.command[2]).not.toContain('migrate');
    expect(documentOf('rails-traefik').services.app.migration.command).toEqual([
      'bundle',
      'exec',
      'rails',
      'db:migrate',
    ]);
  });

  it('give routes by the locations of Nginx and by the labels of Traefik', () => {
    const { spa, api } = documentOf('node-nginx').services;
    expect([spa.routes, api.routes]).toEqual([[{ paths: ['/*'] }], [{ paths: ['/v1', '/v1/*'] }]]);
    expect(documentOf('rails-traefik').services.cable.routes[1]).toEqual({
      host: 'www.rails.example.net',
      paths: ['/cable', '/cable/*'],
    });
  });

  it('take over one service from another, files over files, and what is included', () => {
    const { web, jobs } = documentOf('extends-profiles').services;
    expect(web.environment).toEqual({ LOG_LEVEL: 'warning', FEATURES: 'search,export' });
    expect(jobs.command).toEqual(['work', '--threads', '8']);
    expect(jobs.environment.BATCH_SIZE).toBe('250');
    expect(documentOf('extends-profiles').database.extensions).toEqual(['postgis']);
  });

  it('have no service for a data store that Holdfast does not run, and the remark names it', () => {
    expect(Object.keys(documentOf('wordpress-mysql').services)).toEqual(['wordpress']);
    expect(documentOf('wordpress-mysql').database).toBeUndefined();
    const [remark] = imported('wordpress-mysql').remarks.filter(({ path }) => path === 'services.db');
    expect(remark).toMatchObject({ kind: 'not carried over', what: 'the data store db (mysql:8.4)' });
  });
});
