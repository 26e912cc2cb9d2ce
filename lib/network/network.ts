import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroup } from '../config/names';
import type { HomeRegion, Platform } from '../config/platform';
import { subnetMasks } from './subnet-masks';

const HTTPS_PORT = 443;

/** Interface endpoints by the name that a platform file uses. */
const INTERFACE_ENDPOINTS = {
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  'secrets-manager': InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  'ecr-api': InterfaceVpcEndpointAwsService.ECR,
  'ecr-docker': InterfaceVpcEndpointAwsService.ECR_DOCKER,
  monitoring: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
} as const;

/**
 * VPC of a region over the three zones that the platform file gives: public subnets for the balancer and NAT, private
 * ones for tasks and functions, isolated ones (no route out) for database and cache.
 *
 * Zones are given and not looked up, so that synth needs no account. Traffic to S3 and DynamoDB never pays for NAT.
 */
export class Network extends Construct {
  readonly vpc: IVpc;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly region: HomeRegion; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform, region } = props;
    const masks = subnetMasks(region.cidr);
    const vpc = new Vpc(this, 'Vpc', {
      vpcName: platform.name,
      ipAddresses: IpAddresses.cidr(region.cidr),
      availabilityZones: [...region.zones],
      natGateways: platform.network.natPerZone ? region.zones.length : 1,
      // Nothing uses the default security group; locking it would take a function with rights on all groups.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: masks.private },
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: masks.other, mapPublicIpOnLaunch: false },
        { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: masks.other },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    // Under exactOptionalPropertyTypes the class is not assignable to its own interface (optional `vpnGatewayId`).
    this.vpc = vpc as IVpc;
    for (const name of platform.network.interfaceEndpoints) {
      const endpoint = vpc.addInterfaceEndpoint(`Endpoint-${name}`, {
        service: INTERFACE_ENDPOINTS[name],
        subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
        open: false,
      });
      endpoint.connections.allowFrom(Peer.ipv4(region.cidr), Port.tcp(HTTPS_PORT), 'From inside the VPC');
    }
    this.flowLogs(platform, props.logKey);
  }

  private flowLogs(platform: Platform, logKey: IKey): void {
    const logs = new LogGroup(this, 'FlowLogs', {
      logGroupName: logGroup(platform, 'network', 'flow'),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: logKey,
    });
    const role = new Role(this, 'FlowLogRole', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com'),
    });
    this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logs, role),
      // Accepted traffic is most of the volume and little of the insight.
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}
