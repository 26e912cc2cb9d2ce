import { describe, expect, it } from '@jest/globals';
import { bundle } from '../../lib/functions/bundle';
import { type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
let once: Synthesized | undefined;
const synth = (): Synthesized => {
  once ??= synthesize(variant('ops-center', { backup: { archive: { mode: 'service' } } }));
  return once;
};
const only = (region: string, type: string) => synth().only(`${region}-Recovery`, type).Properties;
const container = (region: string) => only(region, 'AWS::ECS::TaskDefinition').ContainerDefinitions[0];
const variables = (region: string): Record<string, string> =>
  Object.fromEntries(
    container(region).Environment.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]),
  );

describe.each([HOME, STANDBY])('the archiver as a service in %s', (region) => {
  it('is one task, never two, in a cluster that the agent does not scale', () => {
    expect(only(region, 'AWS::ECS::Cluster').ClusterName).toBe('ops-center-archive');
    expect(only(region, 'AWS::ECS::Service')).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
  });

  it('runs in the image of Lambda by way of the cache of the region, and needs none of its own', () => {
    const { Image, EntryPoint, ReadonlyRootFilesystem } = container(region);
    expect(Image).toBe(
      `123456789012.dkr.ecr.${region}.amazonaws.com/ops-center-public-ecr-aws/lambda/nodejs:24`,
    );
    expect(EntryPoint).toEqual(['/var/lang/bin/node']);
    expect(ReadonlyRootFilesystem).toBe(true);
    const rules = synth().resources(`${region}-Foundation`, 'AWS::ECR::PullThroughCacheRule');
    expect(rules.map(([, { Properties }]) => Properties.UpstreamRegistryUrl)).toContain('public.ecr.aws');
  });

  it('is told the same as the function, and which program is its own', () => {
    expect(variables(region)).toMatchObject({
      ARCHIVE_NEAR_REGION: region,
      ARCHIVE_SETTINGS: '{"mode":"service","handoverSeconds":0}',
      PROGRAM_SHA256: bundle('wal-archive-service').hash,
    });
    expect(variables(region).PROGRAM_OBJECT).toMatch(/^[0-9a-f]{64}\.js$/);
    const definition = JSON.stringify(only(region, 'AWS::ECS::TaskDefinition'));
    // AWS takes 64 KB.
    expect(definition.length).toBeLessThan(32 * 1024);
  });

  it('may do what the function may, fetch its program, and nothing else', () => {
    const of = (id: string) =>
      statements(synth().stack(`${region}-Recovery`)).filter((statement) => statement.id.startsWith(id));
    const actions = (id: string) => [...new Set(of(id).flatMap((statement) => statement.actions))].sort();
    const task = actions('ArchiveServiceTaskRole');
    const own = actions('WalArchiveFunctionRole').filter((action) => !/^(logs|ec2):/.test(action));
    expect(task).toEqual(own);
    const read = of('ArchiveServiceTaskRole').filter((statement) =>
      statement.actions.includes('s3:GetObject'),
    );
    expect(JSON.stringify(read.map(({ resources }) => resources))).toContain(
      `cdk-hnb659fds-assets-123456789012-${region}`,
    );
  });

  it('leaves the function in place, which drains while no task runs', () => {
    const { Environment } = functionNamed(synth(), `${region}-Recovery`, 'ops-center-wal-archive');
    expect(Environment.Variables.ARCHIVE_SETTINGS).toBe('{"mode":"drain","handoverSeconds":0}');
  });
});

describe('without the service', () => {
  it('there is no cluster beside that of the services', () => {
    for (const region of [HOME, STANDBY])
      expect(synthesized('ops-center').resources(`${region}-Recovery`, 'AWS::ECS::Cluster')).toEqual([]);
  });
});
