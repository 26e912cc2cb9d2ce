import { Command } from 'commander';
import { benchArchive } from './archive/archive';
import { benchRestore } from './archive/restore';
import { benchBundles } from './bundles';
import { benchFailover } from './failover/failover';
import { benchFence } from './fence';
import { numberAt, publish, type Report } from './report';
import { benchSynth } from './synth';

interface Benchmark {
  readonly run: () => Report | Promise<Report>;
  readonly what: string;
  /** Largest value that is accepted, by its path in the report; above it the command fails. */
  readonly atMost: Readonly<Record<string, number>>;
  /** Smallest value that is accepted. */
  readonly atLeast?: Readonly<Record<string, number>>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  synth: {
    run: benchSynth,
    what: 'time of a synth, against an empty app and by number of services',
    atMost: {
      'ratios.synthVsEmpty': 2.5,
      'ratios.synthVsEmptyBothValidated': 2.5,
      'ratios.services50Vs5': 2.5,
    },
  },
  fence: {
    run: benchFence,
    what: 'single-row inserts with and without the check of every statement',
    atMost: { 'ratios.timeWithGuardVsWithout': 2.5, 'ratios.timeWithGuardVsWithoutByClients': 1.5 },
  },
  bundles: { run: benchBundles, what: 'size and import time of each function', atMost: {} },
  archive: {
    run: benchArchive,
    what: 'draining into the archive against pg_recvlogical; what it stores, its memory, its lag',
    atMost: { 'ratios.storedVsDecoded': 0.35, 'figures.rssMaxMiB': 256, 'figures.lagP99Ms': 3000 },
    atLeast: {
      'ratios.drainVsRecvlogical.tpcb': 1,
      'ratios.drainVsRecvlogical.bulk': 0.8,
      'ratios.drainVsRecvlogical.million': 0.8,
    },
  },
  restore: {
    run: benchRestore,
    what: "topping a restored database up from the archive against PostgreSQL's own logical apply; verifying",
    atMost: {},
    atLeast: { 'ratios.topUpVsNativeApply': 0.5, 'ratios.verifyVsTopUp': 5 },
  },
  failover: {
    run: benchFailover,
    what: "from the kill of the primary to a client's first write on the new one, against Patroni with etcd; writes lost",
    atMost: { 'ratios.firstCommitVsPatroni': 1, 'figures.holdfastDoublyAcceptedWrites': 0 },
  },
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
      for (const [path, bound] of Object.entries(benchmark.atMost)) {
        expect(name, result, path, (value) => value <= bound, `at most ${bound}`);
      }
      for (const [path, bound] of Object.entries(benchmark.atLeast ?? {})) {
        expect(name, result, path, (value) => value >= bound, `at least ${bound}`);
      }
    });
}

function expect(
  name: string,
  result: Report,
  path: string,
  isAccepted: (value: number) => boolean,
  allowed: string,
): void {
  const value = numberAt(result, path);
  if (value !== undefined && isAccepted(value)) return;
  process.stderr.write(`${name}: ${path} is ${value}; allowed: ${allowed}.\n`);
  process.exitCode = 1;
}

void program.parseAsync();
