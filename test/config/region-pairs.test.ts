import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { AWS_REGIONS } from '../../lib/config/aws-regions';
import { parsePlatform } from '../../lib/config/load';
import { newPlatform } from '../../lib/config/new-platform';
import { chooseRegions, zonesOf } from '../../lib/config/region-pairs';
import { writePlatform } from '../../lib/config/write-platform';

const written = (regions: ReturnType<typeof chooseRegions>): string =>
  newPlatform(
    {
      name: 'demo',
      account: undefined,
      size: 'small',
      regions,
      domain: 'demo.example.com',
      hostedZone: undefined,
      hostedZoneId: undefined,
      services: [{ name: 'web', image: 'web:1', port: 80, path: '/*', health: undefined }],
      database: 'app',
      cache: true,
      email: undefined,
    },
    'platform.schema.json',
  );

/** Regions with three zones for new accounts. */
const homes = AWS_REGIONS.filter((name) => name !== 'us-west-1');

describe('the regions that are proposed', () => {
  it.each(homes)('make a valid platform with home in %s', (home) => {
    expect(parsePlatform(written(chooseRegions({ home })), 'demo.yaml').regions.home.name).toBe(home);
  });

  it('keep to what is chosen, and find a table for regions that are far apart', () => {
    const chosen = chooseRegions({ home: 'us-east-1', standby: 'eu-west-1' });
    expect(chosen).toMatchObject({ home: 'us-east-1', standby: 'eu-west-1' });
    expect(chosen.leadership).toContain(chosen.witness);
    expect(() => parsePlatform(written(chosen), 'demo.yaml')).not.toThrow();
  });

  it('name three zones, which are not always a, b and c', () => {
    expect(zonesOf('ap-northeast-1')).toEqual(['ap-northeast-1a', 'ap-northeast-1c', 'ap-northeast-1d']);
  });
});

describe('a written platform file', () => {
  const text = (value: unknown, comment?: string) =>
    writePlatform({
      title: [],
      document: { tags: { key: value } },
      comments: new Map(comment ? [['tags.key', comment]] : []),
      schema: 's',
    });

  it.each([
    'yes',
    '1.10',
    'a: b',
    '- a',
    '#x',
    '*a',
    '',
    ' a',
    'a\nb',
    '0x10',
    '12:30',
    "it's",
    '{a}',
    'null',
    '~',
  ])('says a text so that it is read as the same text: %j', (value) => {
    const [, ...lines] = text(value).split('\n');
    expect(parse(lines.join('\n'))).toEqual({ tags: { key: value } });
  });

  it('puts a comment behind what it is about, or above where there is no room', () => {
    expect(text('x', 'short')).toContain('  key: x # short\n');
    const long = 'word '.repeat(30).trim();
    expect(text('x', long)).toMatch(/\n {2}# word .*\n {2}# word.*\n {2}key: x\n/);
    expect(
      Math.max(
        ...text('x', long)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(110);
  });
});
