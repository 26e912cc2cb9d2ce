import { describe, expect, it } from '@jest/globals';
import { Routes } from '../../lib/compose/map/routes';
import { Places } from '../../lib/compose/read/places';
import { Report } from '../../lib/compose/report';
import { derivedPriority } from '../../lib/config/priority';

const wish = (host: string) => ({ service: host, path: [], host, paths: ['/*'] });

describe('the routes of imported services', () => {
  it('get a priority of their own where two patterns would get one number', () => {
    const hosts = Array.from({ length: 300 }, (_, i) => `h${i}.example.org`);
    const number = (host: string) => derivedPriority({ host, paths: ['/*'] });
    const second =
      hosts.find((host, i) => hosts.slice(0, i).some((other) => number(other) === number(host))) ?? '';
    const first = hosts.find((host) => number(host) === number(second)) ?? '';
    expect(first).not.toBe(second);
    const routes = new Routes('example.org', new Report(new Places('compose.yaml')));
    for (const host of [first, second]) routes.give(wish(host));
    expect([routes.of(first)[0]?.priority, routes.of(second)[0]?.priority]).toEqual([
      undefined,
      number(second) + 1,
    ]);
  });
});
