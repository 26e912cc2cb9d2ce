import { HoldfastError } from '../runtime/errors';

const UNTOUCHED = 'The tasks that run were not touched.';

/** Nobody can say whether this region may be written. */
export class LeadUnknown extends HoldfastError {
  constructor(
    readonly service: string,
    readonly why: string,
  ) {
    super(
      `It cannot be seen which region leads, so the migration of ${service} was not begun: ${why.replace(/\.$/, '')}. ` +
        `${UNTOUCHED} Look at npx holdfast status, then deploy again.`,
    );
  }
}

/** The lead moves, or moved while the migration ran. */
export class LeadMoves extends HoldfastError {
  constructor(
    readonly service: string,
    readonly when: 'before' | 'meanwhile',
  ) {
    super(
      `${when === 'before' ? `The lead is just moving, so the migration of ${service} was not begun.` : `The lead moved while the migration of ${service} ran; it was stopped.`} ` +
        `${UNTOUCHED} Deploy again when npx holdfast status says that a region serves.`,
    );
  }
}

/** The command ended with a failure, or was stopped for its time. */
export class MigrationFailed extends HoldfastError {
  constructor(
    readonly service: string,
    readonly why: string,
  ) {
    super(
      `The migration of ${service} failed: ${why}. ${UNTOUCHED} Look in the log of ${service}-migration, mend it, and ` +
        'deploy again: it is then tried once more.',
    );
  }
}
