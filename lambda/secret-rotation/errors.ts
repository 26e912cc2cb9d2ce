import { HoldfastError } from '../runtime/errors';

/** The database does not accept a credential. */
export class LoginRefused extends HoldfastError {
  constructor(
    readonly username: string,
    options?: ErrorOptions,
  ) {
    super(`The database does not accept the credential of ${username}.`, options);
  }
}

export class DatabaseUnreachable extends HoldfastError {
  constructor(
    readonly host: string,
    options?: ErrorOptions,
  ) {
    super(`The database at ${host} could not be reached.`, options);
  }
}

/** Roles can only be changed where the database is writable. */
export class ReadOnlyReplica extends HoldfastError {
  constructor() {
    super(
      'The database here is a read-only replica, so no user can be changed in it. Rotate the secret in the region ' +
        'that leads; its replica follows.',
    );
  }
}

export class MissingRights extends HoldfastError {
  constructor(
    readonly username: string,
    readonly role: string,
  ) {
    super(`The user ${username} can log in, but is no member of the role ${role}.`);
  }
}

/** The new value was set, but does not work in time. The step may be repeated. */
export class NotAccepted extends HoldfastError {
  constructor(
    readonly what: string,
    readonly last: string,
  ) {
    super(`${what} does not accept the new credential yet. Last seen: ${last}`);
  }
}

/** Names the field, never a value. */
export class MalformedSecret extends HoldfastError {
  constructor(
    readonly secret: string,
    readonly problem: string,
  ) {
    super(`The secret ${secret} is malformed: ${problem}.`);
  }
}

/** The rotation is not in the state in which Secrets Manager asks for this step. */
export class RotationRefused extends HoldfastError {
  constructor(
    readonly secret: string,
    problem: string,
  ) {
    super(`The secret ${secret} cannot be rotated: ${problem}.`);
  }
}
