import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Part, stackName } from '../config/names';
import type { Platform } from '../config/platform';

export interface PlatformStackProps {
  readonly platform: Platform;
  readonly region: string;
  readonly part: Part;
  readonly description: string;
  /** Whether the stack holds something that cannot be made again: then it refuses to be deleted. */
  readonly holdsData: boolean;
}

/** A stack of a platform: its name, place, tags and protection follow one rule for all. */
export abstract class PlatformStack extends Stack {
  readonly platform: Platform;

  protected constructor(scope: Construct, props: PlatformStackProps) {
    const { platform, region, part } = props;
    const name = stackName(platform, region, part);
    super(scope, name, {
      stackName: name,
      description: `Holdfast ${platform.name}: ${props.description}`,
      env: { account: platform.account, region },
      terminationProtection: props.holdsData,
      crossRegionReferences: false,
      // CloudFormation puts the tags of a stack on every resource that can have them.
      tags: { 'holdfast:platform': platform.name, 'holdfast:part': part, ...platform.tags },
    });
    this.platform = platform;
  }

  /**
   * The commercial partition: every ARN of `lib/config/names.ts` is in it. The base class would load the facts of all
   * regions, a megabyte, to find the same.
   */
  override get partition(): string {
    return 'aws';
  }
}
