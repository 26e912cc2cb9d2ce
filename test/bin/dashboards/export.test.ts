import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { exportDashboards } from '../../../bin/dashboards/export';
import { platform } from '../../support/synth';

const root = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('exported dashboards', () => {
  const folder = join(root, 'new', 'folder');
  const written = exportDashboards(platform('ops-center'), folder);

  it('are one file each, named by their identity', () => {
    expect(readdirSync(folder).sort()).toEqual(
      ['balancer', 'business', 'cache', 'database', 'overview', 'recovery', 'runbook', 'services'].map(
        (name) => `holdfast-ops-center-${name}.json`,
      ),
    );
    expect(written.map(({ title }) => title)[0]).toBe('ops-center: Overview');
  });

  it('are what Grafana imports', () => {
    for (const { title, file } of written) {
      const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      expect(json).toMatchObject({ title, schemaVersion: 39, tags: ['holdfast', 'ops-center'] });
      expect(json.panels).not.toHaveLength(0);
    }
  });

  it('are the same when they are exported again', () => {
    const read = () => written.map(({ file }) => readFileSync(file, 'utf8'));
    const before = read();
    exportDashboards(platform('ops-center'), folder);
    expect(read()).toEqual(before);
    expect(readdirSync(folder)).toHaveLength(written.length);
  });
});
