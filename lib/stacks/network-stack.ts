import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Platform, Role } from '../config/platform';
import { Network } from '../network/network';
import { SecurityGroups } from '../network/security-groups';
import { acknowledge } from '../security/acknowledge';
import { PlatformStack } from './platform-stack';

/** VPC of a region and who may talk to whom in it. */
export class NetworkStack extends PlatformStack {
  readonly vpc: IVpc;
  readonly groups: SecurityGroups;
  private readonly zones: readonly string[];

  constructor(
    scope: Construct,
    props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey },
  ) {
    const { platform, role } = props;
    const region = platform.regions[role];
    super(scope, {
      platform,
      region: region.name,
      part: 'Network',
      description: `network of the ${role} region`,
      holdsData: false,
    });
    this.zones = region.zones;
    // The zones of the platform file are meant, and not those that CloudFormation would pick.
    this.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3010'] } } };
    acknowledge(this, {
      'CloudFormation-Validate::W3010':
        'The zones of the platform file are meant, and not those that CloudFormation would pick.',
    });
    this.vpc = new Network(this, 'Network', { platform, region, logKey: props.logKey }).vpc;
    this.groups = new SecurityGroups(this, 'Groups', { platform, vpc: this.vpc });
  }

  /** Asked by the VPC: the base class would look the zones up in the account. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }
}
