import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PlatformFileError } from '../../../../lib/config/problem';
import { UsageError } from '../../../../local/command-line';
import { ALL_USAGE, readAllOptions } from '../../../../local/drill/all/options';

const ROOT = resolve(__dirname, '../../../..');
const AROUND = { env: {}, cwd: '/calls', root: ROOT };
const read = (...args: string[]) => readAllOptions(args, AROUND);

describe('the drills of all platforms', () => {
  const PLATFORMS = ['jackcwf', 'mercator-jupiter', 'ops-center', 'prodstack'];

  it('are a restore and the loss of a region for each platform of the project, on a deployment that is checked', () => {
    const { drills, folder } = read();
    expect(folder).toBe('/calls/drill-reports');
    expect(drills.slice(0, PLATFORMS.length).map(({ name }) => name)).toEqual(PLATFORMS);
    for (const { name, args, reports } of drills.slice(0, PLATFORMS.length)) {
      expect(reports.map(({ scenario }) => scenario)).toEqual(['restore', 'region-loss']);
      expect(reports.map(({ json }) => json)).toContain(join(folder, `${name}-region-loss.json`));
      expect(args).toEqual(expect.arrayContaining(['--platform', name, '--check-deployment']));
    }
  });

  it('are a partition too where there is a queue, on a deployment of its own', () => {
    const { drills, folder } = read();
    const [drill, ...none] = drills.slice(PLATFORMS.length);
    expect(none).toEqual([]);
    expect([drill?.name, drill?.reports]).toEqual([
      'prodstack',
      [{ scenario: 'partition', json: join(folder, 'prodstack-partition.json') }],
    ]);
  });

  it('have a file for each scenario where there are several', () => {
    const { drills } = read('--platform', 'prodstack', '--scenario', 'partition,failback', '--reports', '/r');
    expect(drills[0]?.reports).toEqual([
      { scenario: 'partition', json: '/r/prodstack-partition.json' },
      { scenario: 'failback', json: '/r/prodstack-failback.json' },
    ]);
  });

  it('may leave out the second deployment', () => {
    const [drill] = read('--platform', 'jackcwf', '--no-check-deployment').drills;
    expect(drill?.args).not.toContain('--check-deployment');
  });

  it.each([
    [['--scenario', 'region-los'], /region-los/],
    [['--pace', 'slow'], /slow/],
    [['--platform', 'jackcwf,jackcwf'], 'Two of the platforms are named jackcwf: name each once.'],
  ])('refuse %j before the first one begins', (args, says) => {
    expect(() => read(...args)).toThrow(says);
    expect(() => read(...args)).toThrow(UsageError);
  });

  it('refuse a platform that there is not before the first one begins', () => {
    expect(() => read('--platform', 'jackcwf,nobody')).toThrow(PlatformFileError);
  });

  it('explain themselves on one screen', () => {
    const lines = ALL_USAGE.split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(read('--help')).toMatchObject({ help: true, drills: [] });
  });
});
