import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the alert manager has published, as SNS would take it. */
export interface Published {
  readonly topic: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What it has told PagerDuty. */
export interface Paged {
  readonly routingKey: string;
  readonly action: string;
  readonly summary: string;
  readonly severity: string;
}

/** The other end of both ways out of an alert manager, on loopback: SNS and PagerDuty's events API. */
export interface RoadEnd {
  readonly snsUrl: string;
  readonly pagerDutyUrl: string;
  readonly published: readonly Published[];
  readonly paged: readonly Paged[];
  stop(): Promise<void>;
}

const PUBLISHED = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
<MessageId>00000000-0000-0000-0000-000000000000</MessageId></PublishResult></PublishResponse>`;

export async function startRoadEnd(): Promise<RoadEnd> {
  const published: Published[] = [];
  const paged: Paged[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    if (request.url === '/pagerduty') {
      paged.push(readPage(body));
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success"}');
      return;
    }
    published.push(readPublished(new URLSearchParams(body)));
    response.writeHead(200, { 'content-type': 'text/xml' }).end(PUBLISHED);
  };
  // What cannot be read, or is broken off by the end of the test, is answered by nothing.
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    snsUrl: url,
    pagerDutyUrl: `${url}/pagerduty`,
    published,
    paged,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

function readPublished(form: URLSearchParams): Published {
  const attributes: Record<string, string> = {};
  for (let i = 1; form.has(`MessageAttributes.entry.${i}.Name`); i += 1) {
    const entry = `MessageAttributes.entry.${i}`;
    attributes[form.get(`${entry}.Name`) ?? ''] = form.get(`${entry}.Value.StringValue`) ?? '';
  }
  return {
    topic: form.get('TopicArn') ?? '',
    subject: form.get('Subject') ?? '',
    message: form.get('Message') ?? '',
    attributes,
  };
}

function readPage(body: string): Paged {
  const event = JSON.parse(body) as {
    routing_key: string;
    event_action: string;
    payload: { summary: string; severity: string };
  };
  return {
    routingKey: event.routing_key,
    action: event.event_action,
    summary: event.payload.summary,
    severity: event.payload.severity,
  };
}
