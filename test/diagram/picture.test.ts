import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { diagramFile } from '../../bin/diagram/docs';
import { drawPlatform, type NamedStack, NoPlatform, readPicture } from '../../lib/diagram';
import { layoutOf } from '../../lib/diagram/layout';
import type { Picture } from '../../lib/diagram/model';
import type { Box, Drawing, Label } from '../../lib/diagram/shapes';
import { svgOf } from '../../lib/diagram/svg';
import { ROOT, SYSTEMS, synthesized } from '../support/synth';

const stacksOf = (name: string): readonly NamedStack[] =>
  synthesized(name).assembly.stacks.map(({ stackName, environment, template }) => ({
    name: stackName,
    region: environment.region,
    resources: template.Resources ?? {},
  }));
const pictureOf = (name: string): Picture => readPicture(name, stacksOf(name));

describe('the pictures in docs/diagrams', () => {
  it.each(SYSTEMS)('are those of the templates; if not, run npm run docs: %s', (name) => {
    const kept = readFileSync(join(ROOT, diagramFile(name)), 'utf8');
    expect(drawPlatform(name, stacksOf(name)) === kept).toBe(true);
  });
});

describe('the picture of ops-center', () => {
  const { regions, witness, name } = pictureOf('ops-center');

  it('has the name that fails over, both regions and the witness', () => {
    expect([name, regions.home.region, regions.standby.region, witness.region]).toEqual([
      'ops.example.com',
      'us-east-1',
      'us-west-2',
      'us-east-2',
    ]);
    expect([regions.home.record, regions.standby.record, witness.record]).toEqual([true, true, true]);
    expect([regions.home.endpoint, regions.standby.endpoint, witness.endpoint]).toEqual([false, true, true]);
  });

  it('has the tasks of each service by the role of the region, and what they talk to', () => {
    const tasks = ({ services }: Picture['regions']['home']) =>
      services.map((one) => `${one.name} ${one.tasks} ${one.most} ${one.size}`);
    expect(tasks(regions.home)).toEqual(['backend 3 10 2 vCPU, 4 GiB', 'frontend 3 6 0.5 vCPU, 1 GiB']);
    expect(tasks(regions.standby)).toEqual(['backend 1 10 2 vCPU, 4 GiB', 'frontend 1 6 0.5 vCPU, 1 GiB']);
    expect(regions.home.services.map(({ uses }) => uses)).toEqual([['database', 'cache', 'objects'], []]);
  });

  it('has a writer that is streamed to a replica, a cache in each region, and buckets that are copied both ways', () => {
    expect(regions.home.stores.slice(0, 3)).toEqual([
      {
        kind: 'database',
        title: 'PostgreSQL, writer',
        detail: 'db.m7g.xlarge, spare in 2nd zone',
        copied: 'streaming',
      },
      { kind: 'cache', title: 'Valkey', detail: '3 nodes of cache.t4g.medium' },
      { kind: 'objects', title: 'S3', detail: 'exports, uploads, WAL archive', copied: 'both ways' },
    ]);
    expect(regions.standby.stores[0]?.title).toBe('PostgreSQL, replica');
  });
});

describe('other pictures', () => {
  it('tell readers of a database from its replica in the other region', () => {
    const { home, standby } = pictureOf('mercator-jupiter').regions;
    expect(home.stores[0]?.detail).toBe('db.m7g.xlarge, spare in 2nd zone, 2 readers');
    expect(standby.stores[0]?.detail).toBe('db.m7g.xlarge');
  });

  it('tell workers, which nobody asks, from services behind the balancer', () => {
    const asked = pictureOf('prodstack').regions.home.services.map(
      ({ name, isAsked }) => `${name} ${isAsked}`,
    );
    expect(asked).toEqual(['backend true', 'frontend true', 'sentry-relay true', 'worker false']);
  });

  it('say where the record is if that is not where the platform is', () => {
    const { regions, witness } = pictureOf('mercator-jupiter');
    expect([regions.home.record, regions.standby.record, witness.elsewhere]).toEqual([
      true,
      false,
      ['us-west-2'],
    ]);
  });

  it('are not drawn of templates that are no platform', () => {
    expect(() => drawPlatform('nothing', [])).toThrow(NoPlatform);
    const others = stacksOf('jackcwf').filter(({ name }) => !name.endsWith('-Cluster'));
    expect(() => drawPlatform('half', others)).toThrow('No load balancer of the templates is that of home.');
  });
});

describe.each(SYSTEMS)('the drawing of %s', (name) => {
  const drawing: Drawing = layoutOf(pictureOf(name));
  const { boxes, labels, width, height } = drawing;

  it('has no two boxes that overlap, but for those inside a region', () => {
    const inner = boxes.filter(({ look }) => look !== 'region');
    const overlaps = (a: Box, b: Box): boolean =>
      a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
    expect(inner.flatMap((a, i) => inner.slice(i + 1).filter((b) => overlaps(a, b)))).toEqual([]);
  });

  it('has every text within its box, and the two ends of a row apart', () => {
    const inner = boxes.filter(({ look }) => look !== 'region');
    const outside = labels.filter((label) => {
      const box = inner.find((one) => label.y > one.y && label.y < one.y + one.height && isAt(label, one));
      return box && (left(label) < box.x || right(label) > box.x + box.width);
    });
    expect(outside.map(({ text }) => text)).toEqual([]);
    const touching = labels.flatMap((a) =>
      labels.filter((b) => a !== b && a.y === b.y && left(a) < left(b) && right(a) > left(b)),
    );
    expect(touching.map(({ text }) => text)).toEqual([]);
  });

  it('stays within its edges', () => {
    for (const { x, y, width: w, height: h } of boxes) {
      expect(Math.min(x, y, width - x - w, height - y - h)).toBeGreaterThanOrEqual(0);
    }
    expect(labels.filter((label) => left(label) < 0 || right(label) > width)).toEqual([]);
  });
});

const SIZE: Readonly<Record<Label['look'], number>> = { title: 26, head: 22, name: 19, small: 16, note: 16 };
/** Mean width of a letter of Helvetica, as a part of the size. */
const LETTER = 0.48;
const widthOf = ({ text, look }: Label): number => text.length * SIZE[look] * LETTER;
const left = (label: Label): number =>
  label.x - (label.anchor === 'middle' ? widthOf(label) / 2 : label.anchor === 'end' ? widthOf(label) : 0);
const right = (label: Label): number => left(label) + widthOf(label);
const isAt = ({ x }: Label, box: Box): boolean => x >= box.x && x <= box.x + box.width;

describe('the SVG', () => {
  const drawing: Drawing = {
    width: 10,
    height: 10,
    title: 'a < b & "c"',
    description: 'd',
    boxes: [],
    arrows: [],
    labels: [{ x: 1, y: 1, text: '<script>', look: 'name' }],
  };

  it('has names as text, never as elements', () => {
    expect(svgOf(drawing)).toContain('<title id="title">a &lt; b &amp; &quot;c&quot;</title>');
    expect(svgOf(drawing)).not.toContain('<script>');
  });

  it('has colours for light and for dark, and needs nothing from elsewhere', () => {
    expect(svgOf(drawing)).toContain('@media (prefers-color-scheme:dark)');
    expect(svgOf(drawing).replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|url\((?!#)/);
  });
});
