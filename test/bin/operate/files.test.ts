import { describe, expect, it } from '@jest/globals';
import { filesLookIn } from '../../../bin/operate/files-look';
import { operate } from '../../../bin/operate/operation';
import type { FilesLook } from '../../../bin/operate/ports';
import { showStatus } from '../../../bin/operate/status';
import { FakeClock } from '../../support/fake-clock';
import { platform } from '../support/ports';
import { FakePlatform, terminal } from './fakes';
import { HOME, NOW, STANDBY, serving } from './records';

const SHARING = platform(['    buckets: [uploads]', '    sharedFiles: { path: /srv/shared }']);
const COPIED = 'The files of us-east-1 are copied to us-west-2.';
const MISSING = 'us-west-2 has not given up its files yet.';
const look = (sentence: string, changes: Partial<FilesLook> = {}): FilesLook => ({
  atMs: NOW - 30_000,
  service: 'web',
  sentence,
  uncopied: false,
  readOnly: false,
  ...changes,
});

async function status(change: (world: FakePlatform) => void, { json = false, of = SHARING } = {}) {
  const world = new FakePlatform(serving());
  world.looks = { [HOME]: [look(COPIED)], [STANDBY]: [look('Its files are the copy.')] };
  change(world);
  const { end, said } = terminal();
  const isWell = await showStatus(of, world, end, { json, clock: new FakeClock(NOW) });
  return { isWell, out: said.out };
}

describe('the status of a platform with shared files', () => {
  it('tells the last that was seen of them in each region', async () => {
    const { isWell, out } = await status((world) => {
      world.looks[HOME] = [look(MISSING, { atMs: NOW - 90_000, uncopied: true }), look(COPIED)];
    });
    expect(out).toContain(`files     web: ${COPIED}\n`);
    expect(out).toContain('files     web: Its files are the copy.');
    expect(out).not.toContain(MISSING);
    expect(isWell).toBe(true);
  });

  it.each<[string, FakePlatform['looks'][string], string]>([
    [
      'without a working copy',
      [look(MISSING, { uncopied: true })],
      `The shared files of web have no working copy: ${MISSING}`,
    ],
    [
      'that take no writes',
      [look(MISSING, { readOnly: true })],
      `The shared files of web take no writes: ${MISSING}`,
    ],
    ['that nobody looks after', [], 'Nobody has looked after the shared files in us-east-1 for ten minutes.'],
    [
      'last looked at long ago',
      [look(COPIED, { atMs: NOW - 11 * 60_000 })],
      'Nobody has looked after the shared files in us-east-1 for ten minutes.',
    ],
    ['that cannot be seen', new Error('No way.'), 'The shared files in us-east-1 cannot be seen: No way.'],
  ])('counts files %s as wrong', async (_, looks, problem) => {
    const { isWell, out } = await status((world) => {
      world.looks[HOME] = looks;
    });
    expect(out).toContain(`  - ${problem}`);
    expect(isWell).toBe(false);
  });

  it('says the same to a program', async () => {
    const { out } = await status(
      (world) => {
        world.looks[STANDBY] = new Error('No way.');
      },
      { json: true },
    );
    expect(JSON.parse(out)).toMatchObject({
      regions: [{ files: [{ service: 'web', sentence: COPIED }] }, { files: { unknown: 'No way.' } }],
    });
  });

  it('asks nothing about files where no service shares any', async () => {
    const { isWell, out } = await status(
      (world) => {
        world.looks[HOME] = new Error('No way.');
      },
      { of: platform(), json: true },
    );
    expect(isWell).toBe(true);
    expect(out).not.toContain('files');
  });
});

describe('a switchover of a platform with shared files', () => {
  const move = async (looks: FakePlatform['looks'][string], { dryRun = true, of = SHARING } = {}) => {
    const world = new FakePlatform(serving());
    world.looks = { [HOME]: looks };
    const clock = new FakeClock(NOW);
    const manner = {
      json: false,
      dryRun,
      waits: false,
      agreed: false,
      clock,
      stop: new AbortController().signal,
    };
    const request = { command: 'switchover', id: 'two', sentence: 'anna asked for it.' } as const;
    const { outcome, sentence } = await operate(of, request, world, terminal().end, manner);
    return { outcome, sentence, written: world.written.length };
  };

  it.each<[string, FakePlatform['looks'][string], string]>([
    [
      'were not copied whole yet',
      [look(MISSING, { uncopied: true })],
      `The shared files of web are not copied whole: ${MISSING} A switchover would leave behind`,
    ],
    ['take no writes', [look(MISSING, { readOnly: true })], 'are not copied whole'],
    [
      'nobody looks after',
      [],
      'Nobody has looked after the shared files of web in us-east-1 for ten minutes.',
    ],
    ['cannot be seen', new Error('No way.'), 'Whether the shared files were copied cannot be seen: No way.'],
  ])('is refused while those of the region that leads %s, and writes nothing', async (_, looks, why) => {
    const refused = await move(looks, { dryRun: false });
    expect(refused).toMatchObject({ outcome: 'refused', written: 0 });
    expect(refused.sentence).toContain(why);
  });

  it('goes on once they are copied, and asks for none where no service shares any', async () => {
    expect((await move([look(COPIED)])).outcome).toBe('would');
    expect((await move([], { of: platform() })).outcome).toBe('would');
  });
});

describe('a line of the log of shared files', () => {
  const { atMs, ...fields } = look(MISSING, { uncopied: true });

  it('is a look at the files of a service', () => {
    const line = `2026-01-01T00:00:00.000Z\t8f2b\tINFO\t${JSON.stringify({ event: 'shared-files', epoch: 1, ...fields })}\n`;
    expect(filesLookIn(line, atMs)).toEqual({ atMs, ...fields });
    expect(filesLookIn(line.replace(',"uncopied":true', ''), atMs)).toMatchObject({ uncopied: false });
    const stuck = line.replace('"readOnly":false', '"readOnly":"stuck"');
    expect(filesLookIn(stuck, atMs)).toMatchObject({ readOnly: true });
  });

  it.each([
    'START RequestId: 1',
    '{"event":"turn","service":"web","sentence":"a"}',
    '{"event":"shared-files"}',
  ])('is none if it is %s', (line) => {
    expect(filesLookIn(line, atMs)).toBeUndefined();
  });
});
