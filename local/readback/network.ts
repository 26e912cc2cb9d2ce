import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { pages, present, type Region } from './aws';
import type { Lookup } from './lookup';

const ec2 = (region: Region): EC2Client => new EC2Client(region.config);

async function tables(region: Region): Promise<RouteTable[]> {
  const client = ec2(region);
  return pages(
    (NextToken) => client.send(new DescribeRouteTablesCommand({ NextToken })),
    (page) => page.RouteTables,
    (page) => page.NextToken,
  );
}

const rules: Lookup = async (region) => {
  const client = ec2(region);
  const found = await pages(
    (NextToken) => client.send(new DescribeSecurityGroupRulesCommand({ NextToken })),
    (page) => page.SecurityGroupRules,
    (page) => page.NextToken,
  );
  return present(found.map((one) => one.SecurityGroupRuleId));
};

export const NETWORK: Readonly<Record<string, Lookup>> = {
  'AWS::EC2::VPC': async (region) =>
    present((await ec2(region).send(new DescribeVpcsCommand())).Vpcs?.map((one) => one.VpcId) ?? []),
  'AWS::EC2::Subnet': async (region) =>
    present((await ec2(region).send(new DescribeSubnetsCommand())).Subnets?.map((one) => one.SubnetId) ?? []),
  'AWS::EC2::RouteTable': async (region) => present((await tables(region)).map((one) => one.RouteTableId)),
  'AWS::EC2::SubnetRouteTableAssociation': async (region) =>
    present(
      (await tables(region)).flatMap(
        (one) => one.Associations?.map((link) => link.RouteTableAssociationId) ?? [],
      ),
    ),
  'AWS::EC2::Route': async (region) =>
    (await tables(region)).flatMap(
      (one) =>
        one.Routes?.map(
          (route) => `${one.RouteTableId}|${route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock}`,
        ) ?? [],
    ),
  'AWS::EC2::InternetGateway': async (region) => {
    const found = await ec2(region).send(new DescribeInternetGatewaysCommand());
    return present(found.InternetGateways?.map((one) => one.InternetGatewayId) ?? []);
  },
  'AWS::EC2::VPCGatewayAttachment': async (region) => {
    const found = await ec2(region).send(new DescribeInternetGatewaysCommand());
    return (found.InternetGateways ?? []).flatMap(
      (one) => one.Attachments?.map((link) => `IGW|${link.VpcId}|${one.InternetGatewayId}`) ?? [],
    );
  },
  'AWS::EC2::NatGateway': async (region) => {
    const found = await ec2(region).send(new DescribeNatGatewaysCommand());
    const live = found.NatGateways?.filter((one) => one.State === 'available') ?? [];
    return present(live.map((one) => one.NatGatewayId));
  },
  'AWS::EC2::EIP': async (region) =>
    present(
      (await ec2(region).send(new DescribeAddressesCommand())).Addresses?.map((one) => one.PublicIp) ?? [],
    ),
  'AWS::EC2::VPCEndpoint': async (region) => {
    const found = await ec2(region).send(new DescribeVpcEndpointsCommand());
    return present(found.VpcEndpoints?.map((one) => one.VpcEndpointId) ?? []);
  },
  'AWS::EC2::FlowLog': async (region) =>
    present(
      (await ec2(region).send(new DescribeFlowLogsCommand())).FlowLogs?.map((one) => one.FlowLogId) ?? [],
    ),
  'AWS::EC2::SecurityGroup': async (region) => {
    const client = ec2(region);
    const found = await pages(
      (NextToken) => client.send(new DescribeSecurityGroupsCommand({ NextToken })),
      (page) => page.SecurityGroups,
      (page) => page.NextToken,
    );
    return present(found.map((one) => one.GroupId));
  },
  'AWS::EC2::SecurityGroupIngress': rules,
  'AWS::EC2::SecurityGroupEgress': rules,
};
