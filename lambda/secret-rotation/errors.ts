import { HoldfastError } from '../runtime/errors';

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

/** The rotation is not in the state in which Secrets Manager asks for this step. */
export class RotationRefused extends HoldfastError {
  constructor(
    readonly secret: string,
    problem: string,
  ) {
    super(`The secret ${secret} cannot be rotated: ${problem}.`);
  }
}
