import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parsePlatform } from '../../lib/config/load';
import type { Platform, Replicas } from '../../lib/config/platform';
import { PlatformFileError } from '../../lib/config/problem';
import { platformSchema } from '../../lib/config/schema/platform';
import { knownKeys, schemaAt, valueAt } from '../../lib/config/schema-walk';
import { FARGATE_SIZES, SIZES } from '../../lib/config/sizes';
import { platformDocuments } from './arbitrary';

// A failure is made small for some seconds and not for minutes.
const RUNS = { numRuns: 40, interruptAfterTimeLimit: 20_000 };
const read = (document: unknown): Platform => parsePlatform(stringify(document), 'generated.yaml');

/** The same data with the keys of every mapping in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

/** Every place in the data, from the outside in. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  const below = keys.flatMap((key) =>
    pathsOf((value as Record<string | number, unknown>)[key], [...path, key]),
  );
  return [path, ...below];
}

const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : Object.isFrozen(value) && Object.values(value).every(isFrozen);

describe('any valid platform', () => {
  it('is accepted, whole and frozen', () => {
    fc.assert(
      fc.property(platformDocuments(), (document) => {
        const platform = read(document);
        expect(platform.services.map(({ name }) => name)).toEqual(Object.keys(document.services).sort());
        expect(isFrozen(platform)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is the same in whatever order its file is written, and whenever it is read', () => {
    fc.assert(
      fc.property(platformDocuments(), (document) => {
        const text = JSON.stringify(read(document));
        expect(JSON.stringify(read(reversed(document)))).toBe(text);
        expect(JSON.stringify(read(document))).toBe(text);
      }),
      RUNS,
    );
  });

  it('gets tasks that Fargate offers, as large as asked, and no smaller one would do', () => {
    fc.assert(
      fc.property(platformDocuments(), (document) => {
        for (const { name, task } of read(document).services) {
          const preset = SIZES[document.size ?? 'medium'].service;
          const cpuUnits = 1024 * (document.services[name]?.cpu ?? preset.cpu);
          const memoryMib = document.services[name]?.memory ?? preset.memory;
          const fits = FARGATE_SIZES.filter((s) => s.cpuUnits >= cpuUnits && s.memoryMib >= memoryMib);
          expect(fits).toContainEqual(task);
          const fewest = Math.min(...fits.map((s) => s.cpuUnits));
          expect(task.cpuUnits).toBe(fewest);
          const least = fits.filter((s) => s.cpuUnits === fewest).map((s) => s.memoryMib);
          expect(task.memoryMib).toBe(Math.min(...least));
        }
      }),
      RUNS,
    );
  });

  it('has its numbers of tasks in order in both regions', () => {
    const inOrder = ({ min, desired, max, available }: Replicas) => {
      expect(min).toBeLessThanOrEqual(desired);
      expect(desired).toBeLessThanOrEqual(max);
      expect(available).toBeLessThanOrEqual(desired);
    };
    fc.assert(
      fc.property(platformDocuments(), (document) => {
        for (const { replicas } of read(document).services) {
          inOrder(replicas.home);
          inOrder(replicas.standby);
          expect([replicas.home.max, 0]).toContain(replicas.standby.max);
        }
      }),
      RUNS,
    );
  });

  it('keeps the priority of every rule when a service is added', () => {
    fc.assert(
      fc.property(platformDocuments(), fc.stringMatching(/^[a-z]{1,8}$/), (document, word) => {
        const added = {
          image: 'added:1',
          ports: { http: 80 },
          routes: [{ paths: [`/added_${word}/*`], priority: 999 }],
          health: { path: '/' },
        };
        const before = read(document).services;
        const after = read({ ...document, services: { ...document.services, [`zz-${word}-added`]: added } });
        const kept = after.services.filter(({ name }) => before.some((service) => service.name === name));
        expect(kept.map(({ routes }) => routes)).toEqual(before.map(({ routes }) => routes));
      }),
      RUNS,
    );
  });

  it('has no two rules of the balancer with one priority', () => {
    fc.assert(
      fc.property(platformDocuments(), (document) => {
        const priorities = read(document).services.flatMap(({ routes }) => routes.map((r) => r.priority));
        expect(new Set(priorities).size).toBe(priorities.length);
      }),
      RUNS,
    );
  });
});

describe('any valid file with one mistake', () => {
  it('is refused at the line of a misspelt key, with what it means', () => {
    fc.assert(
      fc.property(platformDocuments(), fc.nat(), (document, choice) => {
        const keys = pathsOf(document).flatMap((path) => {
          const schema = schemaAt(platformSchema, path.slice(0, -1), document);
          const known = (schema && knownKeys(schema, valueAt(document, path.slice(0, -1)))) ?? [];
          return known.includes(String(path[path.length - 1])) ? [path] : [];
        });
        const path = keys[choice % keys.length] ?? [];
        const key = String(path[path.length - 1]);
        const text = stringify(renamed(document, path, `${key}Q`));
        const line = text.split('\n').findIndex((l) => l.includes(`${key}Q:`)) + 1;
        expect(() => parsePlatform(text, 'f.yaml')).toThrow(PlatformFileError);
        try {
          parsePlatform(text, 'f.yaml');
        } catch (error) {
          const found = (error as PlatformFileError).lines.find((l) => l.includes(`${key}Q`));
          expect(found).toMatch(new RegExp(`^f\\.yaml:${line}: .*did you mean ${key}\\?`));
        }
      }),
      RUNS,
    );
  });

  it('is read or refused in words, whatever stands in one place', () => {
    fc.assert(
      fc.property(platformDocuments(), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (document, choice, value) => {
        const places = pathsOf(document).slice(1);
        const place = places[choice % places.length] ?? ['name'];
        const text = stringify(replaced(document, place, value));
        try {
          parsePlatform(text, 'f.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(PlatformFileError);
          for (const line of (error as PlatformFileError).lines)
            expect(line).toMatch(/^f\.yaml:\d+: .+: \S.*$/);
        }
      }),
      { ...RUNS, numRuns: 150 },
    );
  });
});

function replaced(data: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(data);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[path[path.length - 1] ?? ''] = value;
  return copy;
}

function renamed(data: unknown, path: readonly (string | number)[], name: string): unknown {
  const copy = structuredClone(data);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string, unknown>;
  const key = String(path[path.length - 1]);
  parent[name] = parent[key];
  delete parent[key];
  return copy;
}
