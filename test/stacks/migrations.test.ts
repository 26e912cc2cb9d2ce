import { describe, expect, it } from '@jest/globals';
import { synthesized } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

/** The migration of ops-center's backend, beside the service itself. */
const MIGRATION = 'us-east-1-Migration-backend';
const synth = () => synthesized('ops-center');
const run = () => synth().only(MIGRATION, 'Custom::HoldfastMigration').Properties;
const container = (suffix: string) =>
  synth().only(suffix, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];

describe('the task of a migration', () => {
  it('runs the command of the file in the image of the service, without ports', () => {
    const { Image, Command, PortMappings } = container(MIGRATION);
    expect(Command).toEqual(['alembic', 'upgrade', 'head']);
    expect(Image).toEqual(container('us-east-1-Service-backend').Image);
    expect(PortMappings ?? []).toEqual([]);
  });

  it('is given the owner of the schema where the service is given its application user', () => {
    const secret = (suffix: string): string =>
      container(suffix).Secrets.find(({ Name }: { Name: string }) => Name === 'DATABASE_USER').ValueFrom;
    expect(secret('us-east-1-Service-backend')).toContain(':secret:ops-center/database:username::');
    expect(secret(MIGRATION)).toContain(':secret:ops-center/database-owner:username::');
  });

  it('writes into a log of its own and is reached by nobody', () => {
    const logs = synth()
      .resources(MIGRATION, 'AWS::Logs::LogGroup')
      .map(([, { Properties }]) => Properties.LogGroupName);
    expect(logs).toContain('/holdfast/ops-center/services/backend-migration');
    expect(synth().only(MIGRATION, 'AWS::EC2::SecurityGroup').Properties).not.toHaveProperty(
      'SecurityGroupIngress',
    );
  });

  it('may reach the database', () => {
    expect(run().SecurityGroups).toHaveLength(3);
    expect(JSON.stringify(run().SecurityGroups)).toContain('DatabaseClients');
  });
});

describe('the gate of a migration', () => {
  it('is waited for as long as CloudFormation can wait, which is longer than the migration may take', () => {
    const { ServiceTimeout, TimeoutSeconds } = run();
    expect(Number(ServiceTimeout)).toBe(3600);
    expect(Number(TimeoutSeconds)).toBeLessThanOrEqual(3000);
  });

  it('may start this one task and pass on its two roles, nothing else', () => {
    const { Role } = functionNamed(synth(), MIGRATION, 'ops-center-migration-gate-backend');
    const [role] = (Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'];
    const own = statements(synth().stack(MIGRATION)).filter(({ id }) => id === role);
    const resources = (action: string) => own.find(({ actions }) => actions.includes(action))?.resources;
    expect(resources('ecs:RunTask')).toEqual([
      'arn:aws:ecs:us-east-1:123456789012:task-definition/ops-center-backend-migration:*',
    ]);
    expect(resources('iam:PassRole')).toHaveLength(2);
    expect(resources('ssm:PutParameter')).toEqual(
      ['us-east-1', 'us-west-2'].map(
        (region) => `arn:aws:ssm:${region}:123456789012:parameter/holdfast/ops-center/migrations/backend`,
      ),
    );
  });

  it('may give the task the tags of its definition when it makes it, and tag nothing that is there', () => {
    const tagging = statements(synth().stack(MIGRATION)).filter(({ actions }) =>
      actions.includes('ecs:TagResource'),
    );
    expect(tagging).toMatchObject([
      {
        resources: ['arn:aws:ecs:us-east-1:123456789012:task/ops-center/*'],
        condition: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
      },
    ]);
  });

  it('is told of the first image in the place of the image gate, which it calls when it is done', () => {
    expect(synth().resources('us-east-1-Service-backend', 'AWS::Events::Rule')).toEqual([]);
    const [target] = synth().only(MIGRATION, 'AWS::Events::Rule').Properties.Targets;
    const input = JSON.stringify(target.Input);
    expect(input).toContain('image-arrived');
    expect(input).toContain('\\"start\\":{\\"kind\\":\\"image-arrived\\",\\"service\\":');
  });
});

describe('a service with a migration', () => {
  it('waits for it in its own region', () => {
    const service = synth().assembly.stacks.find(({ stackName }) =>
      stackName.endsWith('us-east-1-Service-backend'),
    );
    expect(service?.dependencies.map(({ id }) => id)).toContain('OpsCenter-us-east-1-Migration-backend');
  });
});
