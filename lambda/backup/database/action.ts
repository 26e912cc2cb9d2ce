import type { Due } from '../schedule';
import type { Place } from './pairs';

/** One call of RDS. */
export type DatabaseAction =
  /** Begin a snapshot of the instance. */
  | { readonly kind: 'take'; readonly name: string; readonly due: Due }
  /** Begin a copy, called in the region that gets it. */
  | { readonly kind: 'copy'; readonly name: string; readonly due: Due; readonly to: Place }
  /** Delete a snapshot that failed, so that its name is free for the next attempt. */
  | { readonly kind: 'discard'; readonly name: string; readonly at: Place }
  /** Delete a snapshot that retention does not keep. */
  | { readonly kind: 'drop'; readonly name: string; readonly at: Place }
  /** Replicate the automated backups of the instance to the other region. */
  | { readonly kind: 'replicate'; readonly sourceArn: string }
  /** Stop a replication in the own region. What it has brought is kept for its time. */
  | { readonly kind: 'stop-replicating'; readonly sourceArn: string };

/** @returns what the action does, as the beginning of a sentence */
export function nameOfAction(action: DatabaseAction, regions: Readonly<Record<Place, string>>): string {
  switch (action.kind) {
    case 'take':
      return `The snapshot ${action.name} in ${regions.own}`;
    case 'copy':
      return `The copy of ${action.name} to ${regions[action.to]}`;
    case 'discard':
      return `The removal of the failed snapshot ${action.name} in ${regions[action.at]}`;
    case 'drop':
      return `The removal of the old snapshot ${action.name} in ${regions[action.at]}`;
    case 'replicate':
      return `The replication of the automated backups of ${action.sourceArn} to ${regions.other}`;
    case 'stop-replicating':
      return `The end of the replication of ${action.sourceArn} to ${regions.own}`;
  }
}
