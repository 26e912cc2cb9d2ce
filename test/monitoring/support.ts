import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Platform, Role } from '../../lib/config/platform';
import { bareApp } from '../support/synth';

/** A stack of a region with a key in it: constructs are built in it alone, which takes a tenth of a whole synth. */
export interface BareStack {
  readonly stack: Stack;
  readonly key: IKey;
  readonly template: () => Template;
}

export function bareStack(platform: Platform, role: Role): BareStack {
  const stack = new Stack(bareApp(), 'Bare', {
    env: { account: platform.account, region: platform.regions[role].name },
  });
  return { stack, key: new Key(stack, 'Key'), template: () => Template.fromStack(stack) };
}
