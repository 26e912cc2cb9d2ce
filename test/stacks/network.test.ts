import { describe, expect, it } from '@jest/globals';
import { overlap, parseCidr } from '../../lib/config/cidr';
import { subnetBlocks } from '../../lib/network/subnet-blocks';
import { type Synthesized, synthesize, synthesized, variant } from '../support/synth';

const NETWORK = 'us-east-1-Network';
const ops = () => synthesized('ops-center');
const of = (synth: Synthesized, type: string) => synth.resources(NETWORK, type);
const properties = (synth: Synthesized, type: string) => of(synth, type).map(([, r]) => r.Properties);
const parsed = (cidr: string) => {
  const block = parseCidr(cidr);
  if (!block) throw new Error(`${cidr} is no block.`);
  return block;
};

/** Where traffic to the internet goes from each subnet, by the route of its table, with its zone. */
function ways(synth: Synthesized): string[] {
  const routes = properties(synth, 'AWS::EC2::Route');
  const associations = properties(synth, 'AWS::EC2::SubnetRouteTableAssociation');
  return of(synth, 'AWS::EC2::Subnet').map(([id, { Properties }]) => {
    const table = associations.find(({ SubnetId }) => SubnetId.Ref === id)?.RouteTableId.Ref;
    const [route] = routes.filter(({ RouteTableId }) => RouteTableId.Ref === table);
    const way = ['GatewayId', 'NatGatewayId'].find((target) => route?.[target]) ?? 'nowhere';
    return `${way} ${Properties.AvailabilityZone}`;
  });
}

describe('the address block of a region', () => {
  it.each([16, 17, 18, 19, 20, 21, 22])('holds nine subnets without an overlap in a /%i', (prefix) => {
    const block = parsed(`10.20.0.0/${prefix}`);
    const subnets = Object.values(subnetBlocks(`10.20.0.0/${prefix}`))
      .flat()
      .map(parsed);
    expect(subnets).toHaveLength(9);
    for (const [index, subnet] of subnets.entries()) {
      expect(subnet.first).toBeGreaterThanOrEqual(block.first);
      expect(subnet.last).toBeLessThanOrEqual(block.last);
      // The least that a balancer takes is a /27.
      expect(subnet.last - subnet.first + 1).toBeGreaterThanOrEqual(32);
      for (const other of subnets.slice(index + 1)) expect(overlap(subnet, other)).toBe(false);
    }
  });

  it('gives tasks, which need an address each, four times the room of anything else', () => {
    const { private: tasks, public: entrances, isolated } = subnetBlocks('10.20.0.0/16');
    expect(tasks).toEqual(['10.20.0.0/19', '10.20.32.0/19', '10.20.64.0/19']);
    expect(entrances).toEqual(['10.20.96.0/21', '10.20.104.0/21', '10.20.112.0/21']);
    expect(isolated).toEqual(['10.20.120.0/21', '10.20.128.0/21', '10.20.136.0/21']);
  });

  it.each(['10.0.0.0/15', '10.0.0.0/23', '10.0.0.0'])('is refused as %s', (cidr) => {
    expect(() => subnetBlocks(cidr)).toThrow(`between /16 and /22, but it is ${cidr}`);
  });
});

describe('the subnets', () => {
  it('lie in the three zones of the file: in each one with a way out by NAT, one open to the gateway, one with no way out', () => {
    expect(ways(ops()).sort()).toEqual(
      ['GatewayId', 'NatGatewayId', 'nowhere'].flatMap((way) =>
        ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => `${way} ${zone}`),
      ),
    );
  });
});

describe('NAT', () => {
  const targets = (synth: Synthesized) =>
    new Set(properties(synth, 'AWS::EC2::Route').flatMap(({ NatGatewayId }) => NatGatewayId?.Ref ?? []));

  it('is there in each zone in the medium size, so that the loss of a zone takes no other with it', () => {
    expect(of(ops(), 'AWS::EC2::NatGateway')).toHaveLength(3);
    expect(targets(ops()).size).toBe(3);
  });

  it('is one for all in the small size', () => {
    const small = synthesize(variant('ops-center', { size: 'small' }));
    expect(of(small, 'AWS::EC2::NatGateway')).toHaveLength(1);
    expect(targets(small).size).toBe(1);
  });
});

describe('endpoints', () => {
  const endpoints = (synth: Synthesized, type: string) =>
    properties(synth, 'AWS::EC2::VPCEndpoint').filter(({ VpcEndpointType }) => VpcEndpointType === type);

  it('of S3 and DynamoDB serve every subnet without NAT', () => {
    const gateways = endpoints(ops(), 'Gateway');
    expect(gateways.map(({ ServiceName }) => JSON.stringify(ServiceName)).sort()).toEqual([
      expect.stringContaining('.dynamodb'),
      expect.stringContaining('.s3'),
    ]);
    const tables = of(ops(), 'AWS::EC2::RouteTable').map(([id]) => id);
    for (const { RouteTableIds } of gateways)
      expect(RouteTableIds.map(({ Ref }: { Ref: string }) => Ref).sort()).toEqual(tables.sort());
  });

  it('that cost by the hour are left out in the medium size', () => {
    expect(endpoints(ops(), 'Interface')).toEqual([]);
  });

  it('of the logs pay for themselves in the large size, and answer inside the VPC only', () => {
    const large = synthesized('prodstack');
    const made = large
      .resources('us-west-2-Network', 'AWS::EC2::VPCEndpoint')
      .map(([, r]) => r.Properties)
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ ServiceName: 'com.amazonaws.us-west-2.logs', PrivateDnsEnabled: true });
    expect(made[0]?.SubnetIds).toHaveLength(3);
    const group = made[0]?.SecurityGroupIds[0]['Fn::GetAtt'][0];
    expect(large.stack('us-west-2-Network').Resources[group]?.Properties.SecurityGroupIngress).toMatchObject([
      { CidrIp: '10.50.0.0/16', FromPort: 443, ToPort: 443 },
    ]);
  });
});

it('writes what it refuses into a log of its own', () => {
  const [flow] = properties(ops(), 'AWS::EC2::FlowLog');
  expect(flow).toMatchObject({
    ResourceType: 'VPC',
    TrafficType: 'REJECT',
    LogDestinationType: 'cloud-watch-logs',
  });
  expect(ops().stack(NETWORK).Resources[flow?.LogGroupName.Ref]?.Properties.LogGroupName).toBe(
    '/holdfast/ops-center/network/flow',
  );
});

describe('security groups', () => {
  const group = (prefix: string) => {
    const found = of(ops(), 'AWS::EC2::SecurityGroup').find(([id]) =>
      new RegExp(`^Groups${prefix}[0-9A-F]{8}$`).test(id),
    );
    if (!found) throw new Error(`No group ${prefix}.`);
    return found;
  };

  it.each([
    ['Database', 5432, ['DatabaseClients', 'Functions']],
    ['Cache', 6379, ['CacheClients', 'Functions']],
  ])('let into %s on port %i only its clients and functions, and nothing out', (name, port, clients) => {
    const [id, resource] = group(name);
    const rules = properties(ops(), 'AWS::EC2::SecurityGroupIngress').filter(
      ({ GroupId }) => GroupId['Fn::GetAtt'][0] === id,
    );
    expect(rules.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId['Fn::GetAtt'][0]).sort()).toEqual(
      clients.map((client) => group(client)[0]).sort(),
    );
    for (const rule of rules) expect(rule).toMatchObject({ FromPort: port, ToPort: port, IpProtocol: 'tcp' });
    expect(resource.Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(resource.Properties.SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32' }]);
  });

  it('open the balancer on its two ports', () => {
    const [, { Properties }] = group('Balancer');
    expect(Properties.SecurityGroupIngress.map(({ FromPort }: { FromPort: number }) => FromPort)).toEqual([
      80, 443,
    ]);
  });
});
