import { HoldfastError, sentenceOf } from '../../runtime/errors';
import { lsnText } from '../format/positions';
import type { Origin } from './input';

/** Why transactions could not be applied. Whatever is thrown, the database holds whole transactions up to its ledger. */

export const named = ({ xid, endLsn }: Origin): string =>
  `Transaction ${xid} that ends at ${lsnText(endLsn)}`;

/** What the archive says cannot be done again by a program: somebody needs a base that was taken later. */
export class NewBaseNeeded extends HoldfastError {
  constructor(
    readonly transaction: Origin,
    readonly why: string,
    options?: ErrorOptions,
  ) {
    super(
      `${named(transaction)} cannot be replayed: ${why} A base is needed that was taken after it.`,
      options,
    );
  }
}

/** The database does not hold the rows that the transaction changed. */
export class RowMissing extends HoldfastError {
  constructor(
    readonly transaction: Origin,
    readonly operation: 'update' | 'delete',
    readonly table: string,
    /** Columns of the replica identity with their values. */
    readonly key: string,
    readonly found: number,
  ) {
    super(
      `${named(transaction)} ${operation}s the row ${key} of ${table}, of which the database has ${found}: it does not ` +
        'continue the history that the archive tells.',
    );
  }
}

/** PostgreSQL refuses a change. */
export class ChangeRefused extends HoldfastError {
  constructor(
    readonly transaction: Origin,
    readonly operation: 'insert' | 'update' | 'delete' | 'truncate',
    readonly table: string,
    /** Of the row, if it is one. */
    readonly key: string,
    options: ErrorOptions,
  ) {
    super(
      `${named(transaction)} could not be applied: the ${operation} of ${key === '' ? '' : `the row ${key} of `}${table} ` +
        `was refused: ${sentenceOf(options.cause)}`,
      options,
    );
  }
}

/** Changes refer to a table that the database does not have as they need it. */
export class TableDiffers extends HoldfastError {
  constructor(
    readonly transaction: Origin,
    readonly table: string,
    readonly why: string,
  ) {
    super(`${named(transaction)} changes ${table}, and ${why}.`);
  }
}

/** Somebody else replays into the same database. */
export class AlreadyReplaying extends HoldfastError {
  constructor() {
    super('Another session replays into this database. Let it end first.');
  }
}
