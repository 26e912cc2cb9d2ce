import type { ComposeService } from '../project';
import type { DataParts } from './data-parts';
import type { Scene } from './scene';
import type { Secrets } from './secrets';

/** The variables of one container while they are sorted. */
export interface Sorting {
  readonly scene: Scene;
  readonly parts: DataParts;
  readonly secrets: Secrets;
  readonly service: ComposeService;
  readonly hosts: ReadonlyMap<string, string>;
  /** @returns public address of another service; undefined if it has none */
  readonly publicAddress: (service: string) => string | undefined;
  readonly environment: Map<string, string>;
  readonly found: Map<string, string>;
  /** Managed parts that the service was seen to use. */
  readonly uses: Set<string>;
}
