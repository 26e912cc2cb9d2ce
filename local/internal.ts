/** Settings of an SDK client. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A client for what runs this machine: it reaches every region, also one that is gone for everybody else. */
export const internalClient = (endpoint: string, region: string): ClientConfig => ({
  region,
  endpoint,
  maxAttempts: 2,
  // Known to the network of the local AWS API (roads.py).
  credentials: { accessKeyId: 'internal', secretAccessKey: 'internal' },
});
