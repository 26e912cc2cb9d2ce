import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subnetMasks } from '../../lib/network/subnet-masks';
import { type Resource, type Synthesized, synthesize, synthesized, variant } from '../support/synth';

const NETWORK = 'us-east-1-Network';
const ops = () => synthesized('ops-center');
const of = (synth: Synthesized, type: string) => synth.resources(NETWORK, type);
const properties = (synth: Synthesized, type: string) => of(synth, type).map(([, r]) => r.Properties);
const kind = ({ Properties }: Resource): string =>
  Properties.Tags.find(({ Key }: { Key: string }) => Key === 'aws-cdk:subnet-name').Value;

describe('the address block of a region', () => {
  it('holds three private, three public and three isolated subnets, whatever its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 22 }), (prefix) => {
        const masks = subnetMasks(`10.0.0.0/${prefix}`);
        const addresses = (mask: number) => 2 ** (32 - mask);
        expect(3 * addresses(masks.private) + 6 * addresses(masks.other)).toBeLessThanOrEqual(
          addresses(prefix),
        );
        // The least that a balancer takes.
        expect(masks.other).toBeLessThanOrEqual(27);
        expect(addresses(masks.private)).toBeGreaterThan(addresses(masks.other));
      }),
    );
  });

  it.each(['10.0.0.0/15', '10.0.0.0/23', '10.0.0.0'])('is refused as %s', (cidr) => {
    expect(() => subnetMasks(cidr)).toThrow(`between /16 and /22, but it is ${cidr}`);
  });
});

describe('the subnets', () => {
  it('lie in the three zones of the file, one of each kind in each', () => {
    const found = of(ops(), 'AWS::EC2::Subnet').map(([, r]) => `${kind(r)} ${r.Properties.AvailabilityZone}`);
    expect(found.sort()).toEqual(
      ['Isolated', 'Private', 'Public'].flatMap((one) =>
        ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => `${one} ${zone}`),
      ),
    );
  });

  it('have a way out of the private ones by NAT, of the public ones by the gateway, of the isolated ones not at all', () => {
    const routes = of(ops(), 'AWS::EC2::Route').map(([id, r]) => [id, Object.keys(r.Properties)] as const);
    const through = (name: string, target: string) =>
      routes.filter(([id, keys]) => id.includes(name) && keys.includes(target)).length;
    expect(through('PrivateSubnet', 'NatGatewayId')).toBe(3);
    expect(through('PublicSubnet', 'GatewayId')).toBe(3);
    expect(routes.filter(([id]) => id.includes('Isolated'))).toEqual([]);
    expect(routes).toHaveLength(6);
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
    for (const { RouteTableIds } of gateways) expect(RouteTableIds).toHaveLength(9);
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
