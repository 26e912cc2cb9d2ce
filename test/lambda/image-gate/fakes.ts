import type { Images, Services } from '../../../lambda/image-gate/ports';

/** A repository and a cluster, with what was done to them. */
export class FakeCloud implements Images, Services {
  readonly calls: string[] = [];

  constructor(
    public images: readonly string[],
    /** Wanted number of tasks; undefined: there is no service. */
    public count: number | undefined,
  ) {}

  async exists(repository: string, reference: { tag: string } | { digest: string }): Promise<boolean> {
    return this.images.includes(
      'tag' in reference ? `${repository}:${reference.tag}` : `${repository}@${reference.digest}`,
    );
  }

  async desiredCount(): Promise<number | undefined> {
    return this.count;
  }

  async setDesiredCount(cluster: string, service: string, count: number): Promise<void> {
    this.calls.push(`count ${cluster}/${service} ${count}`);
    this.count = count;
  }

  async setLimits(cluster: string, service: string, min: number, max: number): Promise<void> {
    this.calls.push(`limits ${cluster}/${service} ${min} ${max}`);
  }
}
