import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../lib/config/load';
import { LocalDeployment } from '../../local/deploy-local';
import { scratchFolder } from '../support/run/folder';
import { importShape } from './shapes';

const DEPLOYMENT_MS = 400_000;

describe('a platform that was imported from Compose files', () => {
  let deployment: LocalDeployment | undefined;
  afterAll(() => deployment?.stop());

  it(
    'is deployed by the real CDK, and all of it is found in its services',
    async () => {
      const imported = importShape('extends-profiles');
      if (imported.kind === 'problems') throw new Error('The shape cannot be imported.');
      const source = join(scratchFolder('shape'), 'platform.yaml');
      writeFileSync(source, imported.text);
      const platform = loadPlatform(source, { root: resolve(__dirname, '../..') });
      const say = (): void => undefined;
      deployment = new LocalDeployment({ platform, source, again: false, images: true, say });
      const { verdict, problems, resources, stacks } = await deployment.run();
      expect({ verdict, problems }).toEqual({ verdict: 'ok', problems: [] });
      expect(resources.verified).toBeGreaterThan(500);
      expect(stacks.filter(({ name }) => name.endsWith('-Service-web'))).toHaveLength(2);
    },
    DEPLOYMENT_MS,
  );
});
