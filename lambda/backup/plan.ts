/** What a component comes to when it has looked: what is to be done, and what there is to say. */
export interface Plan<A> {
  /** In this order; each is idempotent and none depends on the success of another one of the same start. */
  readonly actions: readonly A[];
  /** What is not as it must be, one sentence each. */
  readonly failures: readonly string[];
  /** What a reader of the report should know, one sentence each. */
  readonly notes: readonly string[];
}

/** A plan under construction. */
export class Draft<A> implements Plan<A> {
  readonly actions: A[] = [];
  readonly failures: string[] = [];
  readonly notes: string[] = [];
}
