import { spawn } from 'node:child_process';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Deployer } from './ports';

/** The CDK could not deploy; what it has made stays. */
export class DeploymentFailed extends HoldfastError {
  constructor(
    readonly stacks: readonly string[],
    readonly code: number | null,
  ) {
    super(
      `cdk deploy ended with ${code ?? 'a signal'} at ${stacks.join(', ')}; its last lines above say why. Mend that and say the same command again.`,
    );
  }
}

/**
 * Runs `cdk deploy` in the folder of the project.
 * @param platform name or path, as `--platform` has it
 * @param say takes what the CDK says
 */
export const cdk = (root: string, platform: string, say: (text: string) => void): Deployer => ({
  async deploy(stacks) {
    const child = spawn(
      'npx',
      [
        'cdk',
        'deploy',
        ...stacks,
        '--exclusively',
        '--import-existing-resources',
        '--require-approval=never',
        '--progress=events',
        '-c',
        `platform=${platform}`,
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => say(text.toString()));
    const code = await new Promise<number | null>((done, fail) => {
      child.once('error', fail);
      child.once('close', done);
    });
    if (code !== 0) throw new DeploymentFailed(stacks, code);
  },
});
