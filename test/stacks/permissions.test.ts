import { describe, expect, it } from '@jest/globals';
import {
  ANY_RESOURCE,
  actionsOnAnything,
  openFunctions,
  openResources,
  roleProblems,
  wholeServices,
  wildcardActions,
} from '../support/invariants/permissions';
import { platform, type Resource, SYSTEMS, synthesized } from '../support/synth';
import { statements } from '../support/templates';

describe.each(SYSTEMS)('the permissions of %s', (name) => {
  const synth = () => synthesized(name);

  it('name every action of a role in full', () => {
    expect([...synth().templates.values()].flatMap(statements).length).toBeGreaterThan(30);
    expect(wildcardActions(synth())).toEqual([]);
  });

  it('act on anything only where AWS knows nothing narrower', () => {
    expect(actionsOnAnything(synth()).filter((action) => !(action in ANY_RESOURCE))).toEqual([]);
    expect(wholeServices(synth())).toEqual([]);
  });

  it('open keys, buckets and topics to the account, or to one AWS service under a condition', () => {
    expect(openResources(synth(), platform(name).account)).toEqual([]);
  });

  it('let only AWS services take a role, with no policy of AWS that is not listed', () => {
    expect(roleProblems(synth())).toEqual([]);
  });

  it('let a service call a function only for this account', () => {
    expect(openFunctions(synth())).toEqual([]);
  });

  it('let a task decrypt with the data key of its region only', () => {
    const keys = [...synth().templates].flatMap(([stack, template]) =>
      stack.includes('-Service-')
        ? statements(template)
            .filter(({ actions }) => actions.some((action) => action.startsWith('kms:')))
            .flatMap(({ resources }) => resources)
        : [],
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(JSON.stringify(key)).toMatch(/Foundation:ExportsOutputFnGetAttDataKeyArn/);
  });
});

describe('the list of actions on any resource', () => {
  it('has no entry that no platform needs any more', () => {
    const used = new Set(SYSTEMS.flatMap((name) => actionsOnAnything(synthesized(name))));
    expect(Object.keys(ANY_RESOURCE).filter((action) => !used.has(action))).toEqual([]);
  });

  it('gives a reason for each', () => {
    for (const reason of Object.values(ANY_RESOURCE)) expect(reason.length).toBeGreaterThan(8);
  });
});

describe('the rules themselves', () => {
  const withRole = (statement: object, type = 'AWS::IAM::Role') => {
    const document = { Statement: [statement] };
    const resource: Resource = {
      Type: type,
      Properties: {
        AssumeRolePolicyDocument: { Statement: [{ Principal: { AWS: '*' } }] },
        ...(type === 'AWS::IAM::Role'
          ? { Policies: [{ PolicyDocument: document }] }
          : { KeyPolicy: document }),
      },
    };
    return {
      ...synthesized('jackcwf'),
      templates: new Map([['Some-stack', { Resources: { Wrong: resource } }]]),
    };
  };

  it('see a wildcard, a whole service and a role for everybody', () => {
    const wrong = withRole({ Effect: 'Allow', Action: ['s3:*'], Resource: ['*', 'arn:aws:s3:::*'] });
    expect(wildcardActions(wrong)).toHaveLength(1);
    expect(actionsOnAnything(wrong)).toEqual(['s3:*']);
    expect(wholeServices(wrong)).toHaveLength(1);
    expect(roleProblems(wrong)).toHaveLength(1);
  });

  it('see a key that another account, everybody or an unconditioned service may use', () => {
    const key = (Principal: unknown) =>
      openResources(
        withRole({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Principal }, 'AWS::KMS::Key'),
        '1',
      );
    expect(key({ AWS: 'arn:aws:iam::2:root' })).toHaveLength(1);
    expect(key('*')).toHaveLength(1);
    expect(key({ Service: 'logs.amazonaws.com' })).toHaveLength(1);
    expect(key({ AWS: 'arn:aws:iam::1:root' })).toEqual([]);
  });
});
