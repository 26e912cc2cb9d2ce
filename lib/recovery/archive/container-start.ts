import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../functions/bundle';

/**
 * Arguments of Node with which a container begins: the program of `lambda/container-start`. In base 64, because
 * CloudFormation takes what JavaScript writes in its templates of text for parameters of its own. The definition of a task
 * has 64 KB.
 */
export function startArguments(): string[] {
  const program = readFileSync(join(bundle('container-start-service').directory, 'index.js'));
  return ['-e', `eval(Buffer.from('${program.toString('base64')}', 'base64').toString())`];
}
