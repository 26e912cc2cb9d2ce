import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type LogLine, type LogLines, Newness, sinceOf } from '../../../bin/services/logs/lines';
import { type LogsRequest, showLogs } from '../../../bin/services/logs/run';
import { functionsOf, logSource } from '../../../bin/services/logs/source';
import { FakeClock } from '../../support/fake-clock';
import { platform as platformNamed, synthesized } from '../../support/synth';
import { terminal } from '../operate/fakes';
import { HOME, NOW, STANDBY } from '../operate/records';
import { demo } from './fakes';

const line = (id: string, atMs: number): LogLine => ({
  id,
  atMs,
  stream: 'web/app/0123456789abcdef',
  text: `line ${id}`,
});

/** A log whose lines become visible some time after they were written. */
interface Late extends LogLine {
  readonly visibleMs: number;
}

async function follow(
  logs: Readonly<Record<string, readonly Late[]>>,
  { seconds, ...request }: Partial<LogsRequest> & { readonly seconds: number },
) {
  const clock = new FakeClock(NOW);
  const stop = new AbortController();
  const asked: string[] = [];
  const port: LogLines = {
    read: async (region, group, { sinceMs, text = '', streams }) => {
      asked.push(`${region} ${group} ${streams}`);
      return logs[region]?.filter(
        (one) => one.atMs >= sinceMs && one.visibleMs <= clock.now() && one.text.includes(text),
      );
    },
  };
  const { end, said } = terminal();
  const all: LogsRequest = {
    source: logSource(demo, 'web'),
    roles: ['home'],
    sinceMs: NOW - 600_000,
    text: undefined,
    task: undefined,
    follows: true,
    ...request,
  };
  const shown = showLogs(demo, all, port, end, { json: true, clock, stop: stop.signal });
  await clock.advance(seconds * 1000);
  stop.abort();
  const isRead = await shown;
  const lines = said.out
    .trimEnd()
    .split('\n')
    .filter((one) => one !== '')
    .map((one): unknown => JSON.parse(one));
  return { isRead, lines, asked, err: said.err };
}

const texts = (lines: readonly unknown[]): unknown[] =>
  lines.map((one) => (typeof one === 'object' && one !== null && 'text' in one ? one.text : one));

describe('the log of a service', () => {
  const written = (region: string, count: number): Late[] =>
    Array.from({ length: count }, (_, i) => {
      const atMs = NOW + i * 1_500;
      return { ...line(`${region}-${i}`, atMs), visibleMs: atMs + ((i * 7) % 13) * 1_000 };
    });

  it('is followed without losing or doubling a line, although lines become visible late', async () => {
    const { lines, isRead } = await follow({ [HOME]: written(HOME, 40) }, { seconds: 90 });
    expect(isRead).toBe(true);
    expect(texts(lines).sort()).toEqual(
      written(HOME, 40)
        .map(({ text }) => text)
        .sort(),
    );
  });

  it('is merged by time over both regions', async () => {
    const logs = {
      [HOME]: [1, 4].map((n) => ({ ...line(`h${n}`, NOW - n * 1000), visibleMs: 0 })),
      [STANDBY]: [2, 3].map((n) => ({ ...line(`s${n}`, NOW - n * 1000), visibleMs: 0 })),
    };
    const { lines } = await follow(logs, { seconds: 0, follows: false, roles: ['home', 'standby'] });
    expect(texts(lines)).toEqual(['line h4', 'line s3', 'line s2', 'line h1']);
  });

  it('is that of the application and, if asked, of one task', async () => {
    const { asked } = await follow({ [HOME]: [] }, { seconds: 0, follows: false, task: '0123' });
    expect(asked).toEqual(['us-east-1 /holdfast/demo/services/web web/app/0123']);
  });

  it('tells once why a region cannot be read, and goes on with the other', async () => {
    const { lines, err, isRead } = await follow(
      { [HOME]: written(HOME, 2) },
      { seconds: 20, roles: ['home', 'standby'] },
    );
    expect(lines).toHaveLength(2);
    expect(err).toBe(
      'us-west-2: there is no log /holdfast/demo/services/web: is web deployed here? npx holdfast check tells.\n',
    );
    expect(isRead).toBe(true);
    const once = await follow({}, { seconds: 0, follows: false });
    expect(once.isRead).toBe(false);
  });
});

describe('the log of a function', () => {
  it('is read whole', async () => {
    const { asked } = await follow(
      { [HOME]: [] },
      { seconds: 0, follows: false, source: logSource(demo, 'region-agent') },
    );
    expect(asked).toEqual(['us-east-1 /holdfast/demo/functions/region-agent ']);
  });

  it('is found for each function that is deployed', () => {
    const platform = platformNamed('ops-center');
    const { templates } = synthesized('ops-center');
    const groups = [...templates.values()]
      .flatMap(({ Resources }) => Object.values(Resources))
      .filter(({ Type }) => Type === 'AWS::Logs::LogGroup')
      .map(({ Properties }) => String(Properties?.LogGroupName))
      .filter((name) => name.startsWith('/holdfast/ops-center/functions/'));
    const found = functionsOf(platform).map((name) => logSource(platform, name).group);
    expect(groups.length).toBeGreaterThan(10);
    expect([...new Set(groups)].filter((group) => !found.includes(group))).toEqual([]);
  });

  it('has a name that is told with the likely one where it is misspelt', () => {
    expect(() => logSource(demo, 'region-agnet')).toThrow(
      'there is no service or function region-agnet; did you mean region-agent?',
    );
  });
});

describe('what is new in a log', () => {
  it('is told once and never lost, in whatever order and however late within the limit lines become visible', () => {
    const arrivals = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 100_000 }), delay: fc.integer({ min: 0, max: 29_000 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 500, max: 9_000 }), (lines, step) => {
        const all = lines.map(({ at, delay }, i) => ({ ...line(String(i), at), visible: at + delay }));
        const newness = new Newness(0, 30_000);
        const told: string[] = [];
        for (let now = 0; now <= 140_000; now += step) {
          const seen = all.filter(({ atMs, visible }) => visible <= now && atMs >= newness.from);
          told.push(...newness.take(seen, now).map(({ id }) => id));
        }
        expect([...told].sort()).toEqual(all.map(({ id }) => id).sort());
      }),
    );
  });

  it('is not hidden by a task whose clock is ahead', () => {
    const newness = new Newness(NOW - 1_000, 30_000);
    newness.take([line('ahead', NOW + 3_600_000)], NOW);
    expect(newness.from).toBeLessThanOrEqual(NOW);
    expect(newness.take([line('now', NOW)], NOW)).toHaveLength(1);
  });
});

describe('how far back', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['10m', NOW - 600_000],
    ['2h', NOW - 7_200_000],
    ['1d', NOW - 86_400_000],
    ['2025-12-31T00:00:00Z', Date.UTC(2025, 11, 31)],
    ['2025-12-31T00:00+01:00', Date.UTC(2025, 11, 30, 23)],
    ['yesterday', undefined],
    ['10', undefined],
    ['2025-12-31', undefined],
    ['2025-13-31T00:00:00Z', undefined],
  ])('%s is understood or refused', (text, atMs) => {
    expect(sinceOf(text, NOW)).toBe(atMs);
  });
});
