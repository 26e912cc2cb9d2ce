import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import { standIns } from '../../../local/drill/stand-ins';

const ROOT = resolve(__dirname, '../../..');
const platform = (name: string) => loadPlatform(name, { root: ROOT });

describe('what stood in for AWS', () => {
  it('names every extension that was there and empty, and no other', () => {
    const shop = platform('ops-center');
    const { database } = shop;
    if (database?.kind !== 'managed') throw new Error('ops-center has no database.');
    const having = (...extensions: string[]): string[] =>
      standIns({ ...shop, database: { ...database, extensions } });
    expect(having('postgis', 'pgcrypto', 'vector')).toContain(
      'Extensions of PostgreSQL: postgis, vector are there, and empty.',
    );
    expect(having('pgcrypto').join(' ')).not.toContain('Extensions');
  });

  it('names RabbitMQ where there is one', () => {
    const rabbit = (name: string): boolean =>
      standIns(platform(name)).some((one) => one.startsWith('RabbitMQ'));
    expect([rabbit('prodstack'), rabbit('jackcwf')]).toEqual([true, false]);
  });

  it('names every service whose image was the sample', () => {
    const { services } = platform('ops-center');
    const [images] = standIns(platform('ops-center')).filter((one) => one.startsWith('Images'));
    for (const { name } of services) expect(images).toContain(name);
  });
});
