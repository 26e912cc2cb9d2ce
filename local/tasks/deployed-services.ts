import {
  type ContainerDefinition,
  type DeploymentConfiguration,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
  type LoadBalancer,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ClientConfig } from '../internal';
import type { Stage } from './shift';

/** A service of ECS as it is deployed in a region: how many tasks of what it wants. */
export interface DeployedService {
  readonly name: string;
  readonly desired: number;
  /** ARN, new with each revision. */
  readonly definition: string;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** For so long after its start a task is not replaced, however unhealthy. */
  readonly graceSeconds: number;
  /** Ports that a balancer feeds. */
  readonly targets: readonly ServiceTarget[];
  /** How a new revision gets the traffic of the old one, at the times of the platform file; absent: it is rolled out. */
  readonly stages?: readonly Stage[];
}

export interface ServiceTarget {
  readonly containerPort: number;
  /** ARN of its target group. */
  readonly group: string;
  /** The other group of the pair, and the ARN of the rule that divides the traffic between the two. */
  readonly alternate?: { readonly group: string; readonly rule: string };
}

/** Of a task's container, what matters to an application. */
export interface DeployedContainer {
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  /** The user of the database whom the container is handed; absent if it is handed none. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Between SIGTERM and SIGKILL. */
  readonly stopSeconds: number;
}

/** Where the sample's container finds the fields of the database's secret. */
const LOGIN_FIELDS = ['username', 'password'] as const;
/** Name of the application's container; others stand beside it and are not started. */
const APPLICATION = 'app';
const MINUTE_MS = 60_000;
/** What ECS waits for if a container does not say. */
const STOP_SECONDS = 30;

/** Asks ECS and Secrets Manager of one region. */
export class DeployedServices {
  private readonly ecs: ECSClient;
  private readonly secrets: SecretsManagerClient;
  private readonly definitions = new Map<string, Promise<ContainerDefinition>>();

  constructor(
    private readonly cluster: string,
    config: ClientConfig,
  ) {
    this.ecs = new ECSClient(config);
    this.secrets = new SecretsManagerClient(config);
  }

  async list(): Promise<readonly DeployedService[]> {
    const { cluster } = this;
    const { serviceArns = [] } = await this.ecs.send(new ListServicesCommand({ cluster, maxResults: 100 }));
    const found: DeployedService[] = [];
    for (let first = 0; first < serviceArns.length; first += 10) {
      const services = serviceArns.slice(first, first + 10);
      const described = await this.ecs.send(new DescribeServicesCommand({ cluster, services }));
      found.push(...(described.services ?? []).map(deployedService));
    }
    return found;
  }

  /** With the present values of its secrets, as ECS hands them to a container when it starts. */
  async container(definition: string): Promise<DeployedContainer> {
    const {
      environment = [],
      secrets = [],
      portMappings = [],
      stopTimeout,
    } = await this.definition(definition);
    const values = await Promise.all(
      secrets.map(async ({ name = '', valueFrom = '' }) => ({
        name,
        valueFrom,
        value: await this.secret(valueFrom),
      })),
    );
    const [username, password] = LOGIN_FIELDS.map(
      (field) => values.find(({ valueFrom }) => valueFrom.endsWith(`/database:${field}::`))?.value,
    );
    return {
      ports: portMappings.flatMap(({ containerPort }) => containerPort ?? []),
      environment: Object.fromEntries(
        [...environment, ...values].map(({ name = '', value = '' }) => [name, value]),
      ),
      ...(username !== undefined && password !== undefined ? { login: { username, password } } : {}),
      stopSeconds: stopTimeout ?? STOP_SECONDS,
    };
  }

  /** Of the application's container. A revision never changes, so it is asked for once. */
  private definition(taskDefinition: string): Promise<ContainerDefinition> {
    const known = this.definitions.get(taskDefinition);
    if (known) return known;
    const asked = this.ecs
      .send(new DescribeTaskDefinitionCommand({ taskDefinition }))
      .then((answer) => applicationOf(answer.taskDefinition));
    this.definitions.set(taskDefinition, asked);
    asked.catch(() => this.definitions.delete(taskDefinition));
    return asked;
  }

  /** @param reference `arn:...:secret:<name>` with an optional `:<field>::` */
  private async secret(reference: string): Promise<string> {
    const [SecretId, field] = reference.split(':').slice(6);
    const { SecretString = '' } = await this.secrets.send(new GetSecretValueCommand({ SecretId }));
    if (!field) return SecretString;
    return String((JSON.parse(SecretString) as Record<string, unknown>)[field] ?? '');
  }
}

function deployedService(service: Service): DeployedService {
  const { deploymentConfiguration: bounds, loadBalancers = [] } = service;
  const targets = loadBalancers.map(serviceTarget);
  const stages = targets.some(({ alternate }) => alternate) ? stagesOf(bounds) : undefined;
  return {
    name: service.serviceName ?? '',
    desired: service.desiredCount ?? 0,
    definition: service.taskDefinition ?? '',
    minimumHealthyPercent: bounds?.minimumHealthyPercent ?? 100,
    maximumPercent: bounds?.maximumPercent ?? 200,
    graceSeconds: service.healthCheckGracePeriodSeconds ?? 0,
    targets,
    ...(stages ? { stages } : {}),
  };
}

function serviceTarget({
  containerPort = 0,
  targetGroupArn: group = '',
  advancedConfiguration: pair,
}: LoadBalancer): ServiceTarget {
  const { alternateTargetGroupArn: other, productionListenerRule: rule } = pair ?? {};
  return {
    containerPort,
    group,
    ...(other !== undefined && rule !== undefined ? { alternate: { group: other, rule } } : {}),
  };
}

/** @returns undefined if tasks are replaced within one set @throws for a strategy that nothing here deploys by */
function stagesOf(configuration: DeploymentConfiguration | undefined): Stage[] | undefined {
  const { strategy = 'ROLLING', bakeTimeInMinutes, canaryConfiguration: canary } = configuration ?? {};
  const whole = { percent: 100, forMs: (bakeTimeInMinutes ?? 0) * MINUTE_MS };
  switch (strategy) {
    case 'ROLLING':
      return undefined;
    case 'BLUE_GREEN':
      return [whole];
    case 'CANARY': {
      const forMs = (canary?.canaryBakeTimeInMinutes ?? 0) * MINUTE_MS;
      return [{ percent: canary?.canaryPercent ?? 0, forMs }, whole];
    }
    default:
      throw new Error(`Nothing here deploys by the strategy ${strategy}.`);
  }
}

function applicationOf(definition: TaskDefinition | undefined): ContainerDefinition {
  const containers = definition?.containerDefinitions ?? [];
  const container = containers.find(({ name }) => name === APPLICATION) ?? containers[0];
  if (!container) throw new Error(`The task definition ${definition?.taskDefinitionArn} has no container.`);
  return container;
}
