import type { SampleSettings } from './sample-contract';

/** A message in the hands of a worker. */
export interface Message {
  readonly job: string;
  /** With what it is deleted. */
  readonly receipt: string;
}

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

const AT_ONCE = 10;

/**
 * The queue of a region in the local AWS API, asked as the protocol of SQS says: the application carries no SDK. Everything
 * throws where the API does not take it.
 */
export class SampleQueue {
  constructor(private readonly settings: NonNullable<SampleSettings['queue']>) {}

  async send(job: string): Promise<void> {
    await this.ask('SendMessage', { MessageBody: job });
  }

  async receive(): Promise<readonly Message[]> {
    const { Messages = [] } = await this.ask<Received>('ReceiveMessage', { MaxNumberOfMessages: AT_ONCE });
    return Messages.map(({ Body, ReceiptHandle }) => ({ job: Body, receipt: ReceiptHandle }));
  }

  async delete({ receipt }: Message): Promise<void> {
    await this.ask('DeleteMessage', { ReceiptHandle: receipt });
  }

  private async ask<T>(operation: string, parameters: object): Promise<T> {
    const { endpoint, region, url } = this.settings;
    // The API tells services apart by the scope of the signature, and does not check it.
    const scope = `local/20260101/${region}/sqs/aws4_request`;
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `AmazonSQS.${operation}`,
      },
      body: JSON.stringify({ QueueUrl: url, ...parameters }),
      signal: AbortSignal.timeout(5_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${operation} was answered by ${answer.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
}
