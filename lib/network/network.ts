import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { HomeRegion, Platform } from '../config/platform';
import { makeAlarm } from '../monitoring/cloudwatch/alarm';
import { natAlarm } from './nat-alarms';
import { subnetBlocks } from './subnet-blocks';

const EVERYWHERE = '0.0.0.0/0';

/** What the other parts of a region need to know of its network. */
export interface RegionNetwork {
  readonly vpcId: string;
  /** Subnets by kind, one in each zone, in the order of the zones. */
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly isolatedSubnets: readonly string[];
}

/**
 * VPC of a region over the three zones that the platform file gives: public subnets for the balancer and NAT, private
 * ones for tasks and functions, isolated ones (no route out) for database and cache. Zones are given and not looked up,
 * so that synth needs no account.
 */
export class Network extends Construct implements RegionNetwork {
  readonly vpcId: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly isolatedSubnets: readonly string[];
  /** Every route table, for gateway endpoints. */
  readonly routeTables: readonly string[];
  private readonly platform: Platform;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly region: HomeRegion },
  ) {
    super(scope, id);
    const { platform, region } = props;
    this.platform = platform;
    const { zones } = region;
    const blocks = subnetBlocks(region.cidr);
    const vpc = new CfnVPC(this, 'Vpc', {
      cidrBlock: region.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: this.name('vpc'),
    });
    this.vpcId = vpc.ref;
    const gateway = new CfnInternetGateway(this, 'InternetGateway', { tags: this.name('internet') });
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    });

    const toInternet = this.routeTable('Public');
    const route = new CfnRoute(this, 'PublicRoute', {
      routeTableId: toInternet,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: gateway.ref,
    });
    route.addResourceDependency(attachment);
    this.publicSubnets = zones.map((zone, i) =>
      this.subnet(`Public${i + 1}`, zone, blocks.public[i], toInternet),
    );
    const ways = this.ways(platform.network.natPerZone ? zones.length : 1, route);
    makeAlarm(this, { platform }, natAlarm(ways));
    const privateTables = zones.map((_, i) => this.throughNat(`Private${i + 1}`, ways[i % ways.length]));
    this.privateSubnets = zones.map((zone, i) =>
      this.subnet(`Private${i + 1}`, zone, blocks.private[i], privateTables[i]),
    );
    const nowhere = this.routeTable('Isolated');
    this.isolatedSubnets = zones.map((zone, i) =>
      this.subnet(`Isolated${i + 1}`, zone, blocks.isolated[i], nowhere),
    );
    this.routeTables = [toInternet, ...privateTables, nowhere];
  }

  /** NAT gateways in the first zones, each with an address of its own. */
  private ways(count: number, route: CfnRoute): string[] {
    return this.publicSubnets.slice(0, count).map((subnetId, i) => {
      const address = new CfnEIP(this, `Address${i + 1}`, { domain: 'vpc', tags: this.name(`nat-${i + 1}`) });
      const nat = new CfnNatGateway(this, `Nat${i + 1}`, {
        subnetId,
        allocationId: address.attrAllocationId,
        tags: this.name(`nat-${i + 1}`),
      });
      // A gateway without a way to the internet fails.
      nat.addResourceDependency(route);
      return nat.ref;
    });
  }

  private throughNat(id: string, natGatewayId: string | undefined): string {
    if (natGatewayId === undefined) throw new Error('A private subnet needs a NAT gateway.');
    const table = this.routeTable(id);
    new CfnRoute(this, `${id}Route`, { routeTableId: table, destinationCidrBlock: EVERYWHERE, natGatewayId });
    return table;
  }

  private subnet(
    id: string,
    availabilityZone: string,
    cidrBlock: string | undefined,
    routeTableId: string | undefined,
  ): string {
    if (cidrBlock === undefined || routeTableId === undefined)
      throw new Error(`The zone ${availabilityZone} has no block or route table.`);
    const subnet = new CfnSubnet(this, `${id}Subnet`, {
      vpcId: this.vpcId,
      availabilityZone,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      tags: this.name(id.toLowerCase()),
    });
    new CfnSubnetRouteTableAssociation(this, `${id}Association`, { subnetId: subnet.ref, routeTableId });
    return subnet.ref;
  }

  private routeTable(id: string): string {
    return new CfnRouteTable(this, `${id}Table`, { vpcId: this.vpcId, tags: this.name(id.toLowerCase()) })
      .ref;
  }

  private name(what: string) {
    return [{ key: 'Name', value: `${this.platform.name}-${what}` }];
  }
}
