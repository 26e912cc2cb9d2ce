import { describe, expect, it } from '@jest/globals';
import { publicAddresses, publicDoors, secretValues, secretVariables } from '../support/invariants/exposure';
import {
  crossRegionReaders,
  foreignArns,
  foreignImports,
  inventedIds,
  nameProblems,
} from '../support/invariants/regions';
import { functionProblems, logGroupProblems, overLimits } from '../support/invariants/upkeep';
import { SYSTEMS, synthesize, synthesized, variant } from '../support/synth';
import { walk } from '../support/templates';

describe.each(SYSTEMS)('every template of %s', (name) => {
  const synth = () => synthesized(name);

  it('imports only what a stack of the same region exports', () => {
    const imports = [...synth().templates.values()].flatMap((template) =>
      [...walk(template)].filter(({ path }) => path.at(-1) === 'Fn::ImportValue'),
    );
    expect(imports.length).toBeGreaterThan(50);
    expect(foreignImports(synth())).toEqual([]);
  });

  it('reads nothing of another region in another way', () => {
    expect(crossRegionReaders(synth())).toEqual([]);
  });

  it('names resources of another region only by names of the platform', () => {
    expect(foreignArns(synth(), name)).toEqual([]);
    expect(inventedIds(synth())).toEqual([]);
  });

  it('gives each resource a name that is short enough and that nothing else of its region has', () => {
    expect(nameProblems(synth())).toEqual([]);
  });

  it('holds no secret value', () => {
    expect(secretValues(synth(), name)).toEqual([]);
  });

  it('gives no secret to a container or a function as a plain variable', () => {
    expect(secretVariables(synth(), name)).toEqual([]);
  });

  it('lets the internet in at the balancer only', () => {
    expect(publicDoors(synth())).toEqual([]);
  });

  it('gives no task, database or subnet a public address', () => {
    expect(publicAddresses(synth())).toEqual([]);
  });

  it('runs every function on Node 24 with a log group of its own', () => {
    expect(functionProblems(synth())).toEqual([]);
  });

  it('keeps no log for ever, and encrypts those of both regions', () => {
    expect(logGroupProblems(synth())).toEqual([]);
  });

  it('stays within the limits of CloudFormation and IAM', () => {
    expect(overLimits(synth())).toEqual([]);
  });
});

it('tags every stack with the platform, its part and the tags of the file', () => {
  const tagged = synthesize(variant('ops-center', { tags: { team: 'operations' } }));
  for (const { stackName, environment, tags } of tagged.assembly.stacks)
    expect(tags).toEqual({
      'holdfast:platform': 'ops-center',
      'holdfast:part': stackName.replace(`OpsCenter-${environment.region}-`, ''),
      team: 'operations',
    });
});

describe('the invariants themselves', () => {
  const broken = (resources: object) => {
    const real = synthesized('jackcwf');
    const [first] = real.templates.keys();
    const templates = new Map([[first ?? '', { Resources: resources as never }]]);
    return { ...real, templates };
  };

  it('see an import of another region, an id made by AWS and a plain password', () => {
    const wrong = broken({
      A: {
        Type: 'AWS::RDS::DBInstance',
        Properties: {
          MasterUserPassword: 'hunter2',
          Subnet: { 'Fn::ImportValue': 'Elsewhere:Subnet' },
          Group: 'sg-0123456789abcdef0',
          KmsKeyId: 'arn:aws:kms:ap-south-1:123456789012:key/abc',
          PubliclyAccessible: true,
        },
      },
    });
    expect(foreignImports(wrong)).toHaveLength(1);
    expect(inventedIds(wrong)).toHaveLength(1);
    expect(foreignArns(wrong, 'jackcwf')).toHaveLength(1);
    expect(secretValues(wrong, 'jackcwf')).toHaveLength(1);
    expect(publicAddresses(wrong)).toHaveLength(1);
  });

  it('see an open group, a log without end, a function without a log and a secret variable', () => {
    const wrong = broken({
      Door: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0' }] },
      },
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: 'k' } },
      Run: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs24.x', Environment: { Variables: { API_TOKEN: 'abc' } } },
      },
    });
    expect(publicDoors(wrong)).toHaveLength(1);
    expect(logGroupProblems(wrong)).toHaveLength(1);
    expect(functionProblems(wrong)).toHaveLength(1);
    expect(secretVariables(wrong, 'jackcwf')).toHaveLength(1);
  });
});
