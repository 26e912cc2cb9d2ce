import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..');

/** A program to be timed, started as its user would. */
export interface Candidate {
  readonly name: string;
  /** Arguments of `node`. */
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a candidate once, from start to end of its process.
 * @returns wall time in milliseconds
 * @throws Error with what it wrote if it fails
 */
export function wallMilliseconds({ name, arguments: args, environment }: Candidate): number {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`);
  return milliseconds;
}

/**
 * Runs all candidates in turn, round by round, so that a slow moment of the machine meets all of them. One round before
 * warms the caches and is not counted.
 * @returns wall times in milliseconds by name
 */
export function interleaved(candidates: readonly Candidate[], rounds: number): Record<string, number[]> {
  const samples: Record<string, number[]> = Object.fromEntries(candidates.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
    for (const candidate of candidates) {
      const milliseconds = wallMilliseconds(candidate);
      if (round > 0) samples[candidate.name]?.push(Math.round(milliseconds));
    }
  }
  return samples;
}
