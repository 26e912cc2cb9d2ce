import type { RelaySettings } from '../contract';

/** What a message is read with. */
export interface Reading {
  readonly settings: RelaySettings;
  /** Address of Grafana; undefined without one. */
  readonly grafana: string | undefined;
}
