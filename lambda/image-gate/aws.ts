import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { nameOf } from '../runtime/errors';
import type { Cloud, Images, Leadership, Secrets, Services, Stack, Traffic } from './ports';

const ABSENT = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

/** The function's own region. */
export const cloudHere = (leadership: Leadership): Cloud => ({
  leadership,
  images: ecrImages(),
  secrets: describedSecrets(),
  services: ecsServices(),
  traffic: balancedTraffic(),
});

export function ecrImages(): Images {
  const client = new ECRClient();
  return {
    async exists(repository, reference) {
      const image = 'tag' in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
      const command = new DescribeImagesCommand({ repositoryName: repository, imageIds: [image] });
      try {
        const { imageDetails } = await client.send(command);
        return (imageDetails ?? []).length > 0;
      } catch (error) {
        if (ABSENT.has(nameOf(error))) return false;
        throw error;
      }
    },
  };
}

/** Secrets Manager, asked only for the stages of a secret's versions. */
export function describedSecrets(): Secrets {
  const client = new SecretsManagerClient();
  /** Stages of each version; none where there is no secret, or one that is about to be deleted. */
  const versions = async (SecretId: string): Promise<readonly (readonly string[])[]> => {
    try {
      const { VersionIdsToStages, DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId }));
      return DeletedDate ? [] : Object.values(VersionIdsToStages ?? {});
    } catch (error) {
      if (nameOf(error) === 'ResourceNotFoundException') return [];
      throw error;
    }
  };
  const isCurrent = (stages: readonly string[]): boolean => stages.includes('AWSCURRENT');
  return {
    hasValue: async (name) => (await versions(name)).some(isCurrent),
    async wasSet(name) {
      // The first version is of AWS; it stays, as the previous one, once somebody has written another.
      const found = await versions(name);
      return found.some(isCurrent) && found.length > 1;
    },
  };
}

/** @returns undefined if there is no active service of that name */
async function activeService(ecs: ECSClient, cluster: string, service: string): Promise<Service | undefined> {
  try {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    // A service that was deleted stays visible for a while.
    return services?.find(({ status }) => status === 'ACTIVE');
  } catch (error) {
    if (nameOf(error) === 'ClusterNotFoundException') return undefined;
    throw error;
  }
}

/** The rule that ECS moves traffic with, of the first pair: a deployment moves all pairs of a service alike. */
export function balancedTraffic(): Traffic {
  const ecs = new ECSClient();
  const elb = new ElasticLoadBalancingV2Client();
  return {
    async weights(cluster, service) {
      const [pair] = (await activeService(ecs, cluster, service))?.loadBalancers ?? [];
      const { productionListenerRule: rule, alternateTargetGroupArn: green } =
        pair?.advancedConfiguration ?? {};
      if (rule === undefined) return undefined;
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ RuleArns: [rule] }));
      const tuples = Rules.flatMap(({ Actions = [] }) =>
        Actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []),
      );
      const share = (arn: string | undefined): number =>
        tuples.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight ?? 0;
      return { blue: share(pair?.targetGroupArn), green: share(green) };
    },
  };
}

export function ecsServices(): Services {
  const ecs = new ECSClient();
  const scaling = new ApplicationAutoScalingClient();
  return {
    async desiredCount(cluster, service) {
      return (await activeService(ecs, cluster, service))?.desiredCount;
    },
    async setDesiredCount(cluster, service, desiredCount) {
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
    },
    async setLimits(cluster, service, min, max) {
      await scaling.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: 'ecs',
          ResourceId: `service/${cluster}/${service}`,
          ScalableDimension: 'ecs:service:DesiredCount',
          MinCapacity: min,
          MaxCapacity: max,
        }),
      );
    },
  };
}

/** @param id ARN of the stack */
export function describedStack(id: string): Stack {
  const client = new CloudFormationClient();
  return {
    async goesBack() {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: id }));
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
      return /ROLLBACK/.test(Stacks[0]?.StackStatus ?? '');
    },
  };
}
