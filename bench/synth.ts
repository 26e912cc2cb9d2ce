import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyServices } from './many-services';
import { median, type Report, report, rounded } from './report';
import { type Candidate, interleaved, ROOT } from './run';

const ROUNDS = 7;
const LOADER = ['--import', 'tsx'];

/**
 * How long a synth takes: ops-center against an app with one empty stack, 50 services against 5. All run as
 * `node --import tsx <app>`, from start to end of the process, without aws-cdk-lib's own validation of the templates:
 * that is WebAssembly, takes two seconds for any app, and runs where it decides something, under the CDK's command line.
 */
export function benchSynth(): Report {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const template = readFileSync(join(ROOT, 'platforms', 'ops-center.yaml'), 'utf8');
    const app = (name: string, platform: string): Candidate => ({
      name,
      arguments: [...LOADER, 'bin/app.ts'],
      environment: { HOLDFAST_PLATFORM: platform, CDK_VALIDATION: 'false' },
    });
    const withServices = (count: number): Candidate => {
      const file = join(folder, `services-${count}.yaml`);
      writeFileSync(file, manyServices(template, count));
      return app(`services${count}`, file);
    };
    const samples = interleaved(
      [
        {
          name: 'empty',
          arguments: [...LOADER, 'bench/empty-app.ts'],
          environment: { CDK_VALIDATION: 'false' },
        },
        app('opsCenter', 'ops-center'),
        withServices(5),
        withServices(50),
      ],
      ROUNDS,
    );
    const medians = Object.fromEntries(
      Object.entries(samples).map(([name, values]) => [name, median(values)]),
    );
    const ratio = (a: string, b: string) => rounded((medians[a] ?? Number.NaN) / (medians[b] ?? Number.NaN));
    return report('synth', {
      ratios: { synthVsEmpty: ratio('opsCenter', 'empty'), services50Vs5: ratio('services50', 'services5') },
      figures: Object.fromEntries(
        Object.entries(medians).map(([name, value]) => [`${name}MedianMilliseconds`, value]),
      ),
      samples,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
