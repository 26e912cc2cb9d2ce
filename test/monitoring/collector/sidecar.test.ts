import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Service } from '../../../lib/config/platform';
import { MetricsWorkspace } from '../../../lib/monitoring/workspace';
import { TaskDefinition } from '../../../lib/service/task-definition';
import { platform } from '../../support/synth';
import { bareStack } from '../support';

const TARGET = platform('ops-center');
const service = (name: string): Service => {
  const found = TARGET.services.find((one) => one.name === name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
};

/** The task definition of a service, alone in a stack, with a collector or without. */
function build(name: string, collected = true): Template {
  const { stack, key, template } = bareStack(TARGET, 'home');
  const workspace = new MetricsWorkspace(stack, 'Metrics', { platform: TARGET, key, logKey: key });
  new TaskDefinition(stack, 'Task', {
    platform: TARGET,
    role: 'home',
    service: service(name),
    backing: { brokers: new Map() },
    key,
    logKey: key,
    ...(collected ? { workspace } : {}),
  });
  return template();
}
// biome-ignore lint/suspicious/noExplicitAny: a template is free-form JSON
type Free = any;
const only = (template: Template, type: string, like: RegExp = /./): Free => {
  const found = Object.entries(template.findResources(type)).filter(([id]) => like.test(id));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0]?.[1].Properties;
};
const statementsOf = (template: Template, id: RegExp): Free[] =>
  (only(template, 'AWS::IAM::Role', id).Policies ?? []).flatMap((one: Free) => one.PolicyDocument.Statement);

const backend = build('backend');
const task = only(backend, 'AWS::ECS::TaskDefinition');
const [application, collector] = task.ContainerDefinitions;

describe('the collector beside a task', () => {
  it('is a second container, and the application stays the first', () => {
    expect(task.ContainerDefinitions.map(({ Name }: Free) => Name)).toEqual(['app', 'metrics']);
  });

  it('may die without taking the application along, and is started again in its place', () => {
    expect(application.Essential).toBe(true);
    expect(collector).toMatchObject({ Essential: false, RestartPolicy: { Enabled: true } });
    expect(application.DependsOn).toBeUndefined();
  });

  it('is a pinned image out of the cache of the region', () => {
    expect(collector.Image).toMatch(
      /^\d{12}\.dkr\.ecr\.us-east-1\.amazonaws\.com\/ops-center-public-ecr-aws\/aws-observability\/aws-otel-collector:v\d+\.\d+\.\d+$/,
    );
  });

  it('takes at most the memory that the size of the task has room for', () => {
    expect(collector.Memory).toBe(160);
    expect(application.Memory).toBeUndefined();
  });

  it('leaves the application nearly all CPU when it is short, and all of the task is shared out', () => {
    expect(application.Cpu + collector.Cpu).toBe(Number(task.Cpu));
    expect(collector.Cpu / application.Cpu).toBeLessThan(0.1);
  });

  it('can change no file and answers for its health at the port that it configures', () => {
    expect(collector.ReadonlyRootFilesystem).toBe(true);
    expect(collector.HealthCheck.Command).toEqual(['CMD', '/healthcheck', '-port=13133']);
    expect(collector.PortMappings).toBeUndefined();
  });

  it('has its configuration and the address of the workspace in its environment, and no secret', () => {
    const environment = Object.fromEntries(
      collector.Environment.map(({ Name, Value }: Free) => [Name, Value]),
    );
    expect(JSON.stringify(environment.AOT_CONFIG_CONTENT)).toContain('prometheus_remote_write');
    expect(JSON.stringify(environment.AOT_CONFIG_CONTENT)).toContain('MetricsWorkspace');
    expect(Number.parseInt(environment.GOMEMLIMIT, 10)).toBeLessThan(collector.Memory);
    expect(collector.Secrets).toBeUndefined();
  });

  it('writes into the log of its service, under a name of its own', () => {
    const [of, beside] = [application, collector].map((one) => one.LogConfiguration.Options);
    expect(beside['awslogs-group']).toEqual(of['awslogs-group']);
    expect(beside['awslogs-stream-prefix']).toBe('metrics');
    expect(of['awslogs-stream-prefix']).toBe('backend');
  });
});

describe('what the tasks may do for it', () => {
  it('is to write samples into the workspace of the region, and nothing else of Prometheus', () => {
    const ofPrometheus = statementsOf(backend, /RolesTask/).filter(({ Action }) =>
      JSON.stringify(Action).includes('aps:'),
    );
    expect(ofPrometheus).toEqual([
      { Effect: 'Allow', Action: 'aps:RemoteWrite', Resource: { 'Fn::GetAtt': ['MetricsWorkspace', 'Arn'] } },
    ]);
  });

  it('is to pull its image through the cache, from the one repository', () => {
    const pulls = statementsOf(backend, /RolesExecution/).filter(({ Action }) =>
      JSON.stringify(Action).includes('ecr:BatchImportUpstreamImage'),
    );
    expect(pulls.map(({ Resource }) => Resource)).toEqual([
      `arn:aws:ecr:us-east-1:${TARGET.account}:repository/ops-center-public-ecr-aws/aws-observability/aws-otel-collector`,
    ]);
  });
});

describe('a task without a collector', () => {
  const bare = build('backend', false);

  it('has the application alone, with all that the task has', () => {
    const { ContainerDefinitions } = only(bare, 'AWS::ECS::TaskDefinition');
    expect(ContainerDefinitions).toHaveLength(1);
    expect(ContainerDefinitions[0].Cpu).toBeUndefined();
  });

  it('may write no samples and pull no collector', () => {
    expect(JSON.stringify(statementsOf(bare, /RolesTask/))).not.toContain('aps:');
    expect(JSON.stringify(statementsOf(bare, /RolesExecution/))).not.toContain('aws-otel-collector');
  });
});
