import { DescribeAddressesCommand, EC2Client, paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import {
  ElasticLoadBalancingV2Client,
  paginateDescribeLoadBalancers,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateDescribeDBInstances, RDSClient } from '@aws-sdk/client-rds';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { CallFailed } from '../failures';
import type { Quotas, Usage } from '../ports';
import { all, type Clients, call, orAbsent } from './call';

export function quotas(clients: Clients): Quotas {
  const serviceQuotas = clients((config) => new ServiceQuotasClient(config));
  const lambda = clients((config) => new LambdaClient(config));
  return {
    async value(region, ServiceCode, QuotaCode) {
      const wanted = { ServiceCode, QuotaCode };
      const own = await orAbsent(
        call('servicequotas:GetServiceQuota', region, (options) =>
          serviceQuotas(region).send(new GetServiceQuotaCommand(wanted), options),
        ),
        'NoSuchResourceException',
      );
      const applied = own?.Quota?.Value;
      if (applied !== undefined) return applied;
      // An account whose quota was never changed has no entry of its own.
      const usual = await call('servicequotas:GetAWSDefaultServiceQuota', region, (options) =>
        serviceQuotas(region).send(new GetAWSDefaultServiceQuotaCommand(wanted), options),
      );
      return known(usual.Quota?.Value, 'servicequotas:GetAWSDefaultServiceQuota', region);
    },
    async concurrentExecutions(region) {
      const answer = await call('lambda:GetAccountSettings', region, (options) =>
        lambda(region).send(new GetAccountSettingsCommand(), options),
      );
      return known(answer.AccountLimit?.ConcurrentExecutions, 'lambda:GetAccountSettings', region);
    },
  };
}

function known(value: number | undefined, action: string, region: string): number {
  if (value !== undefined) return value;
  throw new CallFailed(action, region, new Error('the answer holds no number'));
}

export function usage(clients: Clients): Usage {
  const ec2 = clients((config) => new EC2Client(config));
  const rds = clients((config) => new RDSClient(config));
  const balancing = clients((config) => new ElasticLoadBalancingV2Client(config));
  return {
    async elasticAddresses(region) {
      const { Addresses } = await call('ec2:DescribeAddresses', region, (options) =>
        ec2(region).send(new DescribeAddressesCommand(), options),
      );
      return Addresses?.length ?? 0;
    },
    async networks(region) {
      const found = await call('ec2:DescribeVpcs', region, (options) =>
        all(paginateDescribeVpcs({ client: ec2(region) }, {}, options), (page) => page.Vpcs),
      );
      return found.length;
    },
    async databases(region) {
      const found = await call('rds:DescribeDBInstances', region, (options) =>
        all(paginateDescribeDBInstances({ client: rds(region) }, {}, options), (page) => page.DBInstances),
      );
      return found.length;
    },
    async balancers(region) {
      const found = await call('elasticloadbalancing:DescribeLoadBalancers', region, (options) =>
        all(
          paginateDescribeLoadBalancers({ client: balancing(region) }, {}, options),
          (page) => page.LoadBalancers,
        ),
      );
      return found.filter(({ Type }) => Type === 'application').length;
    },
  };
}
