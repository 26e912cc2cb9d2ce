import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEPLOY_ACTIONS, deployPolicy } from '../../../bin/deploy/policy';
import { documentOf } from '../../../bin/operate/documents';

const ROOT = resolve(__dirname, '../../..');
const ADAPTERS = join(ROOT, 'bin/deploy/aws');

describe('the policy of deployments', () => {
  it('names exactly what the adapters call', () => {
    const text = readdirSync(ADAPTERS)
      .map((file) => readFileSync(join(ADAPTERS, file), 'utf8'))
      .join('\n');
    const called = [...text.matchAll(/\bcall\(\s*'([a-z]+:\w+)'/g)].map(([, action]) => action);
    expect([...new Set(called)].sort()).toEqual([...DEPLOY_ACTIONS]);
  });

  it('lets the CDK take its own roles only', () => {
    expect(JSON.parse(deployPolicy())).toMatchObject({
      Statement: expect.arrayContaining([
        { Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: 'arn:aws:iam::*:role/cdk-*' },
      ]),
    });
  });

  it('is the one in docs/, and the one that a denied person is sent to', () => {
    expect(readFileSync(join(ROOT, 'docs/iam-deploy-policy.json'), 'utf8')).toBe(deployPolicy());
    expect(documentOf('cloudformation:DeleteStack')).toBe('docs/iam-deploy-policy.json');
  });
});
