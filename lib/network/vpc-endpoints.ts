import { CfnSecurityGroup, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { HomeRegion, Platform } from '../config/platform';
import type { Network } from './network';

const HTTPS_PORT = 443;

/** Service name of an interface endpoint, by the name that a platform file uses. */
const INTERFACE_SERVICES = {
  logs: 'logs',
  'secrets-manager': 'secretsmanager',
  'ecr-api': 'ecr.api',
  'ecr-docker': 'ecr.dkr',
  monitoring: 'monitoring',
} as const;

/**
 * Private ways to AWS: S3 and DynamoDB for nothing, so that image layers and objects never pay for NAT; interface
 * endpoints only where the size of the platform, or its file, says that they pay.
 */
export class VpcEndpoints extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly region: HomeRegion; readonly network: Network },
  ) {
    super(scope, id);
    const { platform, region, network } = props;
    for (const [id, service] of [
      ['S3', 's3'],
      ['DynamoDb', 'dynamodb'],
    ] as const) {
      new CfnVPCEndpoint(this, id, {
        vpcId: network.vpcId,
        vpcEndpointType: 'Gateway',
        serviceName: `com.amazonaws.${region.name}.${service}`,
        routeTableIds: [...network.routeTables],
      });
    }
    const { interfaceEndpoints } = platform.network;
    if (interfaceEndpoints.length === 0) return;
    const group = new CfnSecurityGroup(this, 'Group', {
      vpcId: network.vpcId,
      groupDescription: 'Interface endpoints: HTTPS from inside the VPC',
      securityGroupIngress: [
        {
          ipProtocol: 'tcp',
          fromPort: HTTPS_PORT,
          toPort: HTTPS_PORT,
          cidrIp: region.cidr,
          description: 'From inside the VPC',
        },
      ],
    });
    for (const name of interfaceEndpoints) {
      new CfnVPCEndpoint(this, name, {
        vpcId: network.vpcId,
        vpcEndpointType: 'Interface',
        serviceName: `com.amazonaws.${region.name}.${INTERFACE_SERVICES[name]}`,
        privateDnsEnabled: true,
        subnetIds: [...network.privateSubnets],
        securityGroupIds: [group.attrGroupId],
      });
    }
  }
}
