import { createSocket } from 'node:dgram';

/** Records of a name: `NS` values are names, `CAA` values are `flags tag "value"`. */
export interface DnsRecords {
  readonly NS?: readonly string[];
  readonly CAA?: readonly string[];
}

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Answers from now on; a name that is missing does not exist, `failure` is a SERVFAIL for every name. */
  records: Readonly<Record<string, DnsRecords>> | 'failure';
  stop(): Promise<void>;
}

const TYPES = { 2: 'NS', 257: 'CAA' } as const;
const NO_ERROR = 0;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;

/** A name server on loopback that knows NS and CAA records; everything else it answers with nothing. */
export async function startDnsServer(records: Readonly<Record<string, DnsRecords>> = {}): Promise<DnsServer> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    stop: () => new Promise((done) => socket.close(() => done())),
  };
  socket.on('message', (query, { port, address }) =>
    socket.send(answer(query, server.records), port, address),
  );
  return server;
}

function answer(query: Buffer, records: DnsServer['records']): Buffer {
  const { name, end } = readName(query, 12);
  const type = query.readUInt16BE(end);
  const question = query.subarray(12, end + 4);
  const known = records === 'failure' ? undefined : records[name.toLowerCase()];
  const code = records === 'failure' ? SERVER_FAILURE : known ? NO_ERROR : NO_SUCH_NAME;
  const kind = TYPES[type as keyof typeof TYPES] as keyof DnsRecords | undefined;
  const values = (kind && known?.[kind]) ?? [];
  const header = Buffer.alloc(12);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(values.length, 6);
  const found = values.map((value) => record(type, kind === 'NS' ? encodeName(value) : encodeCaa(value)));
  return Buffer.concat([header, question, ...found]);
}

function readName(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function encodeCaa(text: string): Buffer {
  const [, flags = '0', tag = '', value = ''] = /^(\d+) (\w+) "(.*)"$/.exec(text) ?? [];
  return Buffer.concat([Buffer.from([Number(flags), tag.length]), Buffer.from(tag), Buffer.from(value)]);
}
