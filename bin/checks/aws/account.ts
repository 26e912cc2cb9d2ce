import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { EDGE_REGION } from '../../../lib/config/names';
import type { Bootstrap, Identity, Regions, Roles, Stacks } from '../ports';
import { all, type Clients, call, once, orAbsent } from './call';

/** us-east-1 is always enabled, and home to what has no region. */
const ANYWHERE = EDGE_REGION;

export function identity(clients: Clients): Identity {
  const sts = clients((config) => new STSClient(config));
  return {
    async caller() {
      const answer = await call('sts:GetCallerIdentity', ANYWHERE, (options) =>
        sts(ANYWHERE).send(new GetCallerIdentityCommand(), options),
      );
      return { account: answer.Account ?? '', arn: answer.Arn ?? '' };
    },
  };
}

export function regions(clients: Clients): Regions {
  const ec2 = clients((config) => new EC2Client(config));
  const optIn = once(async () => {
    const { Regions: found } = await call('ec2:DescribeRegions', ANYWHERE, (options) =>
      ec2(ANYWHERE).send(new DescribeRegionsCommand({ AllRegions: true }), options),
    );
    return new Map((found ?? []).map((one) => [one.RegionName ?? '', one.OptInStatus ?? '']));
  });
  return {
    optInStatus: () => optIn(''),
    async zones(region) {
      const { AvailabilityZones: found } = await call('ec2:DescribeAvailabilityZones', region, (options) =>
        ec2(region).send(new DescribeAvailabilityZonesCommand(), options),
      );
      return new Map((found ?? []).map((one) => [one.ZoneName ?? '', one.State ?? '']));
    },
  };
}

export function stacks(clients: Clients): Stacks {
  const cloudFormation = clients((config) => new CloudFormationClient(config));
  const list = once((region) =>
    call('cloudformation:DescribeStacks', region, (options) =>
      all(paginateDescribeStacks({ client: cloudFormation(region) }, {}, options), (page) =>
        page.Stacks?.map((stack) => ({
          name: stack.StackName ?? '',
          status: stack.StackStatus ?? '',
          isProtected: stack.EnableTerminationProtection ?? false,
          ...(stack.StackStatusReason ? { reason: stack.StackStatusReason } : {}),
        })),
      ),
    ),
  );
  return { list };
}

const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

export function bootstrap(clients: Clients): Bootstrap {
  const ssm = clients((config) => new SSMClient(config));
  return {
    async version(region) {
      const answer = await orAbsent(
        call('ssm:GetParameter', region, (options) =>
          ssm(region).send(new GetParameterCommand({ Name: VERSION_PARAMETER }), options),
        ),
        'ParameterNotFound',
      );
      const version = Number(answer?.Parameter?.Value);
      return Number.isInteger(version) ? version : undefined;
    },
  };
}

export function roles(clients: Clients): Roles {
  const iam = clients((config) => new IAMClient(config));
  return {
    async exists(role) {
      const answer = await orAbsent(
        call('iam:GetRole', ANYWHERE, (options) =>
          iam(ANYWHERE).send(new GetRoleCommand({ RoleName: role }), options),
        ),
        'NoSuchEntityException',
        'NoSuchEntity',
      );
      return answer !== undefined;
    },
  };
}
