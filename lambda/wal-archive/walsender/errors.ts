import { HoldfastError } from '../../runtime/errors';

/** The server refused a command, or ended the stream with an error. */
export class ServerRefused extends HoldfastError {
  constructor(
    /** SQLSTATE. */
    readonly code: string,
    readonly said: string,
  ) {
    super(`PostgreSQL refused it: ${said} (${code}).`);
  }
}

/** Another session reads the slot: one consumer at a time is what makes the slot a lock. */
export class SlotActive extends HoldfastError {
  constructor(
    readonly slot: string,
    options?: ErrorOptions,
  ) {
    super(`The slot ${slot} is read by another session.`, options);
  }
}

/** The connection ended, broke or fell silent. What was sent last may not have arrived. */
export class StreamLost extends HoldfastError {
  constructor(why: string, options?: ErrorOptions) {
    super(`The stream of the log ended: ${why}`, options);
  }
}

/** The server ended the stream in order, as it does when it shuts down. Everything it sent has come. */
export class StreamEnded extends HoldfastError {
  constructor() {
    super('The server ended the stream of the log.');
  }
}

/** What was received is no message of the protocol. */
export class ProtocolViolated extends HoldfastError {
  constructor(readonly found: string) {
    super(`The server does not speak the replication protocol: ${found}.`);
  }
}
