import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { bundle } from '../../lib/functions/bundle';

const LAMBDA = join(__dirname, '../../lambda');
const KIB = 1024;

/** What each function may carry: its clients, and its size with some air. */
const ALLOWED: Readonly<Record<string, { readonly clients: readonly string[]; readonly kib: number }>> = {
  'alert-relay': { clients: ['client-cloudwatch', 'client-secrets-manager', 'client-sns'], kib: 660 },
  backup: {
    clients: [
      'client-cloudformation',
      'client-cloudwatch',
      'client-dynamodb',
      'client-ecs',
      'client-elasticache',
      'client-rds',
      'client-s3',
      'client-secrets-manager',
    ],
    kib: 1700,
  },
  'bucket-replication': { clients: ['client-s3'], kib: 720 },
  canary: { clients: [], kib: 10 },
  'database-setup': { clients: ['client-secrets-manager'], kib: 680 },
  'deep-health': { clients: ['client-ecs'], kib: 900 },
  'deploy-guard': { clients: ['client-dynamodb'], kib: 770 },
  'grafana-setup': { clients: ['client-grafana', 'client-s3', 'client-ssm'], kib: 970 },
  'health-check-gate': { clients: ['client-cloudwatch', 'client-route-53'], kib: 700 },
  heartbeat: { clients: ['client-cloudwatch'], kib: 600 },
  'image-gate': {
    clients: [
      'client-application-auto-scaling',
      'client-cloudformation',
      'client-dynamodb',
      'client-ecr',
      'client-ecs',
      'client-elastic-load-balancing-v2',
      'client-secrets-manager',
    ],
    kib: 1150,
  },
  'leadership-endpoint': { clients: ['client-dynamodb'], kib: 640 },
  'leadership-setup': { clients: ['client-dynamodb'], kib: 640 },
  'migration-gate': {
    clients: ['client-dynamodb', 'client-ecr', 'client-ecs', 'client-lambda', 'client-ssm'],
    kib: 1150,
  },
  prober: { clients: [], kib: 10 },
  'readiness-gate': { clients: ['client-dynamodb', 'client-ecs'], kib: 900 },
  'region-agent': {
    clients: [
      'client-application-auto-scaling',
      'client-dynamodb',
      'client-ec2',
      'client-ecs',
      'client-lambda',
      'client-rds',
      'client-secrets-manager',
      'client-sns',
    ],
    kib: 2600,
  },
  'registry-replication': { clients: ['client-ecr'], kib: 610 },
  restore: { clients: ['client-rds', 'client-s3', 'client-secrets-manager'], kib: 1500 },
  'restore-drill': {
    clients: ['client-dynamodb', 'client-rds', 'client-s3', 'client-secrets-manager'],
    kib: 1800,
  },
  'secret-rotation': {
    clients: ['client-ecs', 'client-elasticache', 'client-rds', 'client-secrets-manager'],
    kib: 1150,
  },
  'shared-files': { clients: ['client-dynamodb', 'client-ecs', 'client-ssm'], kib: 1050 },
  'wal-archive': { clients: ['client-s3', 'client-secrets-manager'], kib: 850 },
};

describe('the bundles of the functions', () => {
  it('are all in this table', () => {
    const functions = readdirSync(LAMBDA).filter((name) => existsSync(join(LAMBDA, name, 'handler.ts')));
    expect(functions.sort()).toEqual(Object.keys(ALLOWED));
  });

  for (const [name, { clients, kib }] of Object.entries(ALLOWED)) {
    it(`${name} exports a handler when a bare Node loads it`, () => {
      const script = `process.stdout.write(typeof require(${JSON.stringify(join(bundle(name).directory, 'index.js'))}).handler)`;
      // A process of its own, without this repository's modules and without any AWS settings.
      const said = execFileSync(process.execPath, ['-e', script], { env: {}, encoding: 'utf8', cwd: '/' });
      expect(said).toBe('function');
    });

    it(`${name} carries no client that it does not need, and takes at most ${kib} KiB`, () => {
      const { metafile } = buildSync({
        entryPoints: [join(LAMBDA, name, 'handler.ts')],
        bundle: true,
        write: false,
        platform: 'node',
        external: ['pg-native'],
        metafile: true,
        logLevel: 'silent',
      });
      const found = Object.keys(metafile.inputs).flatMap(
        (input) => /node_modules\/@aws-sdk\/(client-[^/]+)\//.exec(input)?.[1] ?? [],
      );
      expect([...new Set(found)].sort()).toEqual(clients);
      expect(readFileSync(join(bundle(name).directory, 'index.js')).length).toBeLessThan(kib * KIB);
    });
  }
});
