import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalAws } from '../../local/aws-api';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
const POLL_MS = 100;

export type Template = { Resources: Record<string, object>; [section: string]: unknown };

/** What a test does with stacks on one local AWS API. */
export class Stacks {
  readonly cloudFormation: CloudFormationClient;

  constructor(
    private readonly api: LocalAws,
    private readonly region = REGION,
  ) {
    this.cloudFormation = new CloudFormationClient(this.config);
  }

  get config() {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return { region: this.region, endpoint: this.api.endpoint, maxAttempts: 1, credentials };
  }

  /** Creates a stack and waits for its end, whatever that is. */
  async create(StackName: string, template: Template): Promise<Stack> {
    await this.cloudFormation.send(
      new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }),
    );
    return this.settled(StackName);
  }

  async update(StackName: string, template: Template): Promise<Stack> {
    await this.cloudFormation.send(
      new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }),
    );
    return this.settled(StackName);
  }

  /** @returns the stack as it was left, asked for by its id */
  async delete(StackName: string): Promise<Stack> {
    const { StackId = '' } = await this.describe(StackName);
    await this.cloudFormation.send(new DeleteStackCommand({ StackName }));
    return this.settled(StackId);
  }

  async describe(StackName: string): Promise<Stack> {
    const { Stacks: found } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName }));
    if (!found?.[0]) throw new Error(`There is no stack ${StackName}.`);
    return found[0];
  }

  /** Reasons of what failed, newest first. */
  async failures(StackName: string): Promise<string[]> {
    const { StackEvents } = await this.cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    return (StackEvents ?? [])
      .filter((event) => event.ResourceStatus?.endsWith('_FAILED'))
      .map((event) => event.ResourceStatusReason ?? '');
  }

  async physicalId(StackName: string, LogicalResourceId: string): Promise<string | undefined> {
    const command = new DescribeStackResourcesCommand({ StackName, LogicalResourceId });
    return (await this.cloudFormation.send(command)).StackResources?.[0]?.PhysicalResourceId;
  }

  /** Puts a function's code where a template can name it. @returns the `Code` of the function */
  async upload(code: string): Promise<{ S3Bucket: string; S3Key: string }> {
    const s3 = new S3Client({ ...this.config, forcePathStyle: true });
    const S3Bucket = `code-${this.region}`;
    const S3Key = `${crc32(code)}.zip`;
    const location =
      this.region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: this.region as 'us-west-2' } };
    await s3.send(new CreateBucketCommand({ Bucket: S3Bucket, ...location })).catch((error: Error) => {
      if (!error.name.startsWith('BucketAlready')) throw error;
    });
    await s3.send(
      new PutObjectCommand({ Bucket: S3Bucket, Key: S3Key, Body: zip('index.js', Buffer.from(code)) }),
    );
    return { S3Bucket, S3Key };
  }

  private async settled(name: string): Promise<Stack> {
    for (;;) {
      const stack = await this.describe(name);
      if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
}

export const outputs = (stack: Stack): Record<string, string> =>
  Object.fromEntries((stack.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']));

/** The code of a bundle. */
export const codeOf = (directory: string): string => readFileSync(join(directory, 'index.js'), 'utf8');

/** An archive with one file, not compressed. */
function zip(name: string, content: Buffer): Buffer {
  const file = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(0x21_0000, 6);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, file, content]);
  const rest = Buffer.alloc(14);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, rest, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}
