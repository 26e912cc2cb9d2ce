import { Command } from 'commander';
import { benchBundles } from './bundles';
import { benchFence } from './fence';
import { publish, type Report } from './report';
import { benchSynth } from './synth';

interface Benchmark {
  readonly run: () => Report | Promise<Report>;
  readonly what: string;
  /** Largest ratio that is accepted, by its key; above it the command fails. */
  readonly bounds: Readonly<Record<string, number>>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  synth: {
    run: benchSynth,
    what: 'time of a synth, against an empty app and by number of services',
    bounds: { synthVsEmpty: 2.5, synthVsEmptyBothValidated: 2.5, services50Vs5: 2.5 },
  },
  fence: {
    run: benchFence,
    what: 'single-row inserts with and without the check of every statement',
    bounds: { timeWithGuardVsWithout: 2.5, timeWithGuardVsWithoutByClients: 1.5 },
  },
  bundles: { run: benchBundles, what: 'size and import time of each function', bounds: {} },
};

const program = new Command('bench').description('Measurements; each prints JSON of the same form.');
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  program
    .command(name)
    .description(benchmark.what)
    .option('--json <file>', 'write the report there too')
    .action(async ({ json }: { json?: string }) => {
      const result = await benchmark.run();
      publish(result, json);
      for (const [key, bound] of Object.entries(benchmark.bounds)) {
        const ratio = result.ratios[key];
        if (ratio !== undefined && ratio <= bound) continue;
        process.stderr.write(`${name}: ${key} is ${ratio}; allowed: at most ${bound}.\n`);
        process.exitCode = 1;
      }
    });
}
void program.parseAsync();
