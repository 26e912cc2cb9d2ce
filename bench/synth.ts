import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyServices } from './many-services';
import { median, type Report, report, rounded } from './report';
import { type Candidate, interleaved, ROOT } from './run';

const ROUNDS = 7;
const LOADER = ['--import', 'tsx'];
const VALIDATED = { CDK_VALIDATION: 'true' };
const UNVALIDATED = { CDK_VALIDATION: 'false' };

/**
 * How long a synth takes: ops-center against an app with one empty stack, 50 services against 5. All run as
 * `node --import tsx <app>`, from start to end of the process, side by side.
 *
 * aws-cdk-lib validates templates by default, in WebAssembly, some two seconds for any app. It must not run in the app
 * when that runs by itself, so the app turns it off there; it runs under the CDK's command line, where a deployment
 * begins. So there are three comparisons: `synthVsEmpty` is what one gets, both apps run as they are; `bothValidated`
 * and `neitherValidated` force the same upon both.
 */
export function benchSynth(): Report {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const template = readFileSync(join(ROOT, 'platforms', 'ops-center.yaml'), 'utf8');
    const app = (name: string, platform: string, environment = {}): Candidate => ({
      name,
      arguments: [...LOADER, 'bin/app.ts'],
      environment: { HOLDFAST_PLATFORM: platform, ...environment },
    });
    const empty = (name: string, environment = {}): Candidate => ({
      name,
      arguments: [...LOADER, 'bench/empty-app.ts'],
      environment,
    });
    const withServices = (count: number): Candidate => {
      const file = join(folder, `services-${count}.yaml`);
      writeFileSync(file, manyServices(template, count));
      return app(`services${count}`, file);
    };
    const samples = interleaved(
      [
        empty('empty'),
        app('opsCenter', 'ops-center'),
        empty('emptyValidated', VALIDATED),
        app('opsCenterValidated', 'ops-center', VALIDATED),
        empty('emptyUnvalidated', UNVALIDATED),
        app('opsCenterUnvalidated', 'ops-center', UNVALIDATED),
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
      ratios: {
        synthVsEmpty: ratio('opsCenter', 'empty'),
        synthVsEmptyBothValidated: ratio('opsCenterValidated', 'emptyValidated'),
        synthVsEmptyNeitherValidated: ratio('opsCenterUnvalidated', 'emptyUnvalidated'),
        services50Vs5: ratio('services50', 'services5'),
      },
      figures: Object.fromEntries(
        Object.entries(medians).map(([name, value]) => [`${name}MedianMilliseconds`, value]),
      ),
      samples,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
