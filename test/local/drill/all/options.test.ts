import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PlatformFileError } from '../../../../lib/config/problem';
import { UsageError } from '../../../../local/command-line';
import { ALL_USAGE, readAllOptions } from '../../../../local/drill/all/options';

const ROOT = resolve(__dirname, '../../../..');
const AROUND = { env: {}, cwd: '/calls', root: ROOT };
const read = (...args: string[]) => readAllOptions(args, AROUND);

describe('the drills of all platforms', () => {
  it('are the loss of a region for each platform of the project, on a deployment that is checked', () => {
    const { drills, folder } = read();
    expect(drills.map(({ name }) => name)).toEqual([
      'jackcwf',
      'mercator-jupiter',
      'ops-center',
      'prodstack',
    ]);
    expect(folder).toBe('/calls/drill-reports');
    for (const { name, args, reports } of drills) {
      const json = join(folder, `${name}.json`);
      expect(reports).toEqual([{ scenario: 'region-loss', json }]);
      expect(args).toEqual(
        expect.arrayContaining(['--platform', name, '--check-deployment', '--json', json]),
      );
    }
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
