import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HoldfastError, sentenceOf } from '../../../lambda/runtime/errors';

/** A stack as a deployment would make it. */
export interface PlannedStack {
  readonly name: string;
  readonly region: string;
  /** Text of its template. */
  readonly template: string;
}

/** There is no cloud assembly, or none that can be read. */
export class BadAssembly extends HoldfastError {
  constructor(folder: string, cause: unknown) {
    super(`${folder} holds no cloud assembly of the CDK`, { cause });
  }
}

/**
 * Reads what `cdk synth` has written.
 * @throws BadAssembly
 */
export function readAssembly(folder: string): PlannedStack[] {
  try {
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    return Object.entries(artifacts).flatMap(([id, { type, environment, properties }]) => {
      if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) return [];
      const template = readFileSync(join(folder, properties.templateFile), 'utf8');
      return [{ name: properties.stackName ?? id, region: environment?.split('/').at(-1) ?? '', template }];
    });
  } catch (error) {
    throw new BadAssembly(folder, error);
  }
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        /** `aws://<account>/<region>` */
        readonly environment?: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

const SYNTH_MS = 5 * 60_000;

/** `cdk synth` did not end well. */
export class SynthFailed extends HoldfastError {
  constructor(cause: unknown) {
    super('cdk synth failed', { cause: new Error(lastLine(cause)) });
  }
}

const lastLine = (error: unknown): string => {
  const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
  return said.trim().split('\n').at(-1) || sentenceOf(error);
};

/**
 * Runs the CDK's own synth; it needs neither credentials nor a network.
 * @param root folder of the project
 * @param platform name or path of a platform file
 * @throws SynthFailed
 */
export async function synthesized(root: string, platform: string): Promise<PlannedStack[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-preflight-'));
  try {
    const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
    const args = [cdk, 'synth', '--quiet', '--output', folder, '-c', `platform=${platform}`];
    await promisify(execFile)(process.execPath, args, { cwd: root, timeout: SYNTH_MS }).catch(
      (error: unknown) => {
        throw new SynthFailed(error);
      },
    );
    return readAssembly(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
