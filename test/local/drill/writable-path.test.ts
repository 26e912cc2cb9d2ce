import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { NothingToWrite, writablePath } from '../../../local/drill/writable-path';

const OPS_CENTER = loadPlatform('ops-center', { root: resolve(__dirname, '../../..') });
const without = ({ database, ...rest }: Platform): Platform => rest;

describe('where the load of a drill goes', () => {
  it('is a path of a service that has a credential of the database', () => {
    expect(writablePath(OPS_CENTER)).toMatch(/^\//);
  });

  it('is nowhere without a database', () => {
    expect(() => writablePath(without(OPS_CENTER))).toThrow(
      'ops-center has no database: the drill loses regions with their databases',
    );
  });

  it('is nowhere if the database is not in a region of the platform', () => {
    const platform: Platform = {
      ...OPS_CENTER,
      database: {
        kind: 'external',
        host: 'db.example.org',
        port: 5432,
        name: 'shop',
        cidr: '203.0.113.10/32',
        secret: 'shop-db',
      },
    };
    expect(() => writablePath(platform)).toThrow('ops-center writes to an external database');
  });

  it('is nowhere if no service has both a route and a credential', () => {
    const platform = { ...OPS_CENTER, services: OPS_CENTER.services.map((one) => ({ ...one, secrets: {} })) };
    expect(() => writablePath(platform)).toThrow(NothingToWrite);
  });
});
