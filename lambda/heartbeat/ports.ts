/** CloudWatch of another region. */
export interface Listener {
  /** Name of the region. */
  readonly region: string;
  /**
   * Writes one heartbeat.
   * @throws whatever the SDK throws
   */
  hear(): Promise<void>;
}
