import type { DrillReport } from '../../../local/drill/model';
import { BEGAN, evidenceOf, regionLoss } from './evidence';

/** The report of a region that was lost, as a drill would have written it. */
export function sampleReport(more: Partial<DrillReport> = {}): DrillReport {
  const { samples, requests, account, figures, troubleMs, writableMs } = evidenceOf(regionLoss());
  return {
    name: 'drill',
    scenario: 'region-loss',
    says: 'The region that leads disappears.',
    platform: 'ops-center',
    pace: 'fast',
    factor: 4,
    regions: { home: 'us-east-1', standby: 'us-west-2', witness: 'us-east-2' },
    beganMs: BEGAN,
    endedMs: BEGAN + 70_000,
    ...(troubleMs === undefined ? {} : { troubleMs }),
    ...(writableMs === undefined ? {} : { writableMs }),
    samples,
    journal: [
      { atMs: BEGAN + 10_000, who: 'drill', sentence: 'us-east-1 (home) is gone.' },
      { atMs: BEGAN + 34_000, who: 'agent-standby', sentence: 'us-west-2 claims epoch 2.' },
    ],
    requests,
    account,
    figures,
    expectations: [{ name: 'The scenario ran to its end', held: true, found: 'every step was done' }],
    verdict: 'passed',
    verdictSays: ['held: The scenario ran to its end: every step was done.'],
    standIns: ['RDS: PostgreSQL 17 processes on this machine.'],
    versions: { Holdfast: '0.1.0', PostgreSQL: '17.10' },
    settings: { 'Lease (T)': '15 s' },
    machine: { cpu: 'a CPU', cores: 2, memoryGib: 4, node: 'v20.20.0', platform: 'linux-x64' },
    ...more,
  };
}
