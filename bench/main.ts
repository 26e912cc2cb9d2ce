import { Command } from 'commander';
import { benchBundles } from './bundles';
import { publish, type Report } from './report';
import { benchSynth } from './synth';

const BENCHMARKS: Readonly<Record<string, { readonly run: () => Report; readonly what: string }>> = {
  synth: { run: benchSynth, what: 'time of a synth, against an empty app and by number of services' },
  bundles: { run: benchBundles, what: 'size and import time of each function' },
};

const program = new Command('bench').description('Measurements; each prints JSON of the same form.');
for (const [name, { run, what }] of Object.entries(BENCHMARKS)) {
  program
    .command(name)
    .description(what)
    .option('--json <file>', 'write the report there too')
    .action(({ json }: { json?: string }) => publish(run(), json));
}
program.parse();
