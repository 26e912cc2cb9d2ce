import { Duration, Token } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ATTRIBUTES, ENVIRONMENT, type ImageArrived, RESOURCE_TYPE } from '../../lambda/image-gate/contract';
import { ownImages } from '../config/image';
import { clusterName, leadershipTable, repositoryName, secretArnByName, stackName } from '../config/names';
import type { Platform, Service } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from '../leadership/leadership-table';
import { gateProperties } from './gate-properties';
import type { Weights } from './target-groups';

/** How many tasks a service starts with, and where its traffic goes: tokens that the gate fills in. */
export interface TaskCounts {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Present shares of the two groups of each pair, for who deploys by shifting traffic. */
  readonly weights: Weights;
  /** One sentence of the gate for the person who deploys. */
  readonly sentence: string;
}

/**
 * The function that decides how many tasks a service may start: none while its repository is empty (a service that
 * cannot pull hangs a deployment for hours), and else as many as run already, so that a deployment never resets what
 * autoscaling chose. It asks the leadership record whether its region leads. One per region.
 */
export class ImageGate extends Construct {
  private readonly gate: HoldfastFunction;

  /** ARN of the function. */
  get arn(): string {
    return this.gate.arn;
  }

  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly region: string; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform, region } = props;
    const { account } = platform;
    this.gate = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'image-gate',
      description: 'Holds a service at zero until its image is there',
      // It waits while a deployment moves traffic.
      timeout: Duration.minutes(15),
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
      },
    });
    this.gate.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
    const stacks = `arn:aws:cloudformation:${region}:${account}:stack/${stackName(platform, region, 'Service-')}*`;
    this.gate.allow(['cloudformation:DescribeStacks'], [stacks]);
    this.gate.explainWildcard(
      stacks,
      'Each service is a stack of its own, and CloudFormation ends its ARN in an id.',
    );
    const images = ownImages(platform).map(
      (image) => `arn:aws:ecr:${region}:${account}:repository/${repositoryName(platform, image)}`,
    );
    if (images.length > 0) this.gate.allow(['ecr:DescribeImages'], images);
    const services = `arn:aws:ecs:${region}:${account}:service/${clusterName(platform)}/*`;
    this.gate.allow(['ecs:DescribeServices', 'ecs:UpdateService'], [services]);
    this.gate.explainWildcard(
      services,
      "Services of the platform's own cluster; each belongs to a later stack.",
    );
    const targets = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`;
    this.gate.allow(['application-autoscaling:RegisterScalableTarget'], [targets], {
      StringEquals: { 'application-autoscaling:service-namespace': 'ecs' },
    });
    this.gate.explainWildcard(
      targets,
      'The id of a scalable target is made by AWS; the condition restricts it to ECS.',
    );
    if (platform.services.some(({ routes }) => routes.length > 0)) {
      this.gate.allowOnAnyResource(
        ['elasticloadbalancing:DescribeRules'],
        'Describing the rules of a balancer knows no resource.',
      );
    }
    const secrets = gatedSecrets(platform, region);
    if (secrets.length > 0) this.gate.allow(['secretsmanager:DescribeSecret'], secrets);
    for (const arn of secrets) {
      this.gate.explainWildcard(
        arn,
        'Secrets Manager ends the ARN of a secret in six characters of its own.',
      );
    }
    new CfnPermission(this, 'Invoke', {
      action: 'lambda:InvokeFunction',
      functionName: this.gate.arn,
      principal: 'events.amazonaws.com',
      sourceArn: `arn:aws:events:${region}:${account}:rule/${platform.name}-image-*`,
    });
  }

  /**
   * Puts a service behind the gate.
   * @param revision changes with everything that makes CloudFormation update the service
   * @returns task counts as tokens that the gate fills in at each change
   */
  guard(scope: Construct, platform: Platform, service: Service, revision: string): TaskCounts {
    const properties = gateProperties(platform, service);
    const resource = this.gate.customResource(scope, 'ImageGate', RESOURCE_TYPE, {
      ...properties,
      Revision: revision,
    });
    // With a migration its own gate hears of the image, and starts the service when it has run.
    if (properties.Repository !== undefined && !service.migration)
      startOnFirstImage(scope, platform, service, {
        arn: this.gate.arn,
        input: JSON.stringify(imageArrived(platform, service)),
      });
    const count = (attribute: string) => Token.asNumber(resource.getAtt(attribute));
    return {
      desired: count(ATTRIBUTES.desired),
      min: count(ATTRIBUTES.min),
      max: count(ATTRIBUTES.max),
      weights: { blue: count(ATTRIBUTES.blue), green: count(ATTRIBUTES.green) },
      sentence: resource.getAttString(ATTRIBUTES.sentence),
    };
  }
}

/** What tells the gate that the image of a service is there. */
export const imageArrived = (platform: Platform, service: Service): ImageArrived => ({
  kind: 'image-arrived',
  service: gateProperties(platform, service),
});

/** ECR tells of a push here and of a copy from the other region; who is told looks whether the image is there. */
export function startOnFirstImage(
  scope: Construct,
  platform: Platform,
  service: Service,
  told: { readonly arn: string; readonly input: string },
): CfnRule {
  const { Repository, Tag, Digest } = gateProperties(platform, service);
  return new CfnRule(scope, 'ImageArrived', {
    name: `${platform.name}-image-${service.name}`,
    description: `Starts ${service.name} when its image arrives`,
    eventPattern: {
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action', 'ECR Replication Action'],
      detail: {
        result: ['SUCCESS'],
        'repository-name': [Repository],
        ...(Tag === undefined ? { 'image-digest': [Digest] } : { 'image-tag': [Tag] }),
      },
    },
    targets: [{ id: 'gate', ...told }],
  });
}

/** ARNs of the secrets that a person must set before some service can start. */
function gatedSecrets(platform: Platform, region: string): string[] {
  const names = platform.services.flatMap((service) => {
    const { Secrets, Login } = gateProperties(platform, service);
    return Login === undefined ? Secrets : [...Secrets, Login];
  });
  return [...new Set(names)].sort().map((name) => secretArnByName(platform, name, region));
}
