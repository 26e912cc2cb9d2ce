import { connect } from 'node:tls';
import { HoldfastError } from '../runtime/errors';

const TIMEOUT_MS = 5_000;

/** The cache could not be asked, or answered something else than its protocol. */
export class CacheUnreachable extends HoldfastError {
  constructor(
    readonly address: string,
    readonly port: number,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`The cache at ${address}:${port} could not be asked: ${problem}`, options);
  }
}

/** RESP, the protocol of Redis and Valkey: a command is an array of strings. */
const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/**
 * Logs in and pings, by TLS with a certificate that is valid for the name.
 * @param ca further authorities beside the host's, in PEM
 * @returns whether the token was accepted
 * @throws {CacheUnreachable}
 */
export function acceptsToken(address: string, port: number, token: string, ca?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string, cause?: unknown): void => {
      socket.destroy();
      reject(new CacheUnreachable(address, port, problem, { cause }));
    };
    const done = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    const options = { host: address, port, servername: address, ...(ca === undefined ? {} : { ca }) };
    const socket = connect(options, () => socket.write(command('AUTH', token) + command('PING')));
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => fail(`no answer within ${TIMEOUT_MS / 1000} s.`));
    let received = '';
    socket.on('data', (text: string) => {
      received += text;
      const [auth, ping, rest] = received.split('\r\n');
      if (auth !== undefined && ping !== undefined && /^-(WRONGPASS|ERR invalid password)/.test(auth))
        done(false);
      else if (ping === undefined || rest === undefined) return;
      else if (auth === '+OK' && ping === '+PONG') done(true);
      else fail(`it answered "${auth}" and "${ping}".`);
    });
    socket.on('error', (error) => fail('the connection failed.', error));
    socket.on('close', () => fail('it closed the connection.'));
  });
}
