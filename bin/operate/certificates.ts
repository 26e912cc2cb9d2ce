import { type ConnectionOptions, connect } from 'node:tls';
import { attempt } from '../../lambda/runtime/attempt';
import { systemClock } from '../../lambda/runtime/clock';
import { HoldfastError } from '../../lambda/runtime/errors';
import type { Certificates } from './ports';

const HANDSHAKE_MS = 5_000;

/** A host shows no certificate that a client would take. */
export class BadCertificate extends HoldfastError {
  constructor(host: string, name: string, cause: unknown) {
    super(`${host} shows no valid certificate for ${name}`, { cause });
  }
}

/**
 * Real handshakes: what they show is what clients get, whatever the certificate's service says of it.
 * @param authority certificate, in PEM, that is trusted instead of those of the system
 */
export const servedCertificates = (authority?: string): Certificates => ({
  validUntil: async (host, port, name) => {
    const options = { host, port, servername: name, ...(authority === undefined ? {} : { ca: authority }) };
    try {
      return await attempt(systemClock, HANDSHAKE_MS, `${host}:${port}`, (signal) =>
        handshake(options, signal),
      );
    } catch (error) {
      throw new BadCertificate(host, name, error);
    }
  },
});

const handshake = (options: ConnectionOptions, signal: AbortSignal): Promise<number> =>
  new Promise((done, fail) => {
    const socket = connect(options, () => {
      done(Date.parse(socket.getPeerCertificate().valid_to));
      socket.destroy();
    });
    socket.once('error', fail);
    signal.addEventListener('abort', () => socket.destroy());
  });
