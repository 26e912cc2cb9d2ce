import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { Network } from '../network/network';
import { SecurityGroups } from '../network/security-groups';
import { PlatformStack } from './platform-stack';

/** VPC of a region and who may talk to whom in it. */
export class NetworkStack extends PlatformStack {
  readonly vpc: IVpc;
  readonly groups: SecurityGroups;

  constructor(scope: Construct, props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey }) {
    const { platform, role } = props;
    const region = platform.regions[role];
    super(scope, { platform, region: region.name, part: 'Network', description: `network of the ${role} region`, holdsData: false });
    this.vpc = new Network(this, 'Network', { platform, region, logKey: props.logKey }).vpc;
    this.groups = new SecurityGroups(this, 'Groups', { platform, vpc: this.vpc });
  }
}
