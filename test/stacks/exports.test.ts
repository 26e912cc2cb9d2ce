import { describe, expect, it } from '@jest/globals';
import type { Synthesized } from '../support/synth';
import { synthesize, synthesized, variant } from '../support/synth';

/** Names of the exports of every stack that services read from. */
const exportsOf = ({ templates }: Synthesized): Record<string, string[]> =>
  Object.fromEntries(
    [...templates]
      .filter(([name]) => !name.includes('-Service-'))
      .map(([name, { Outputs = {} }]) => [
        name,
        Object.values(Outputs)
          .flatMap((output) => (output.Export ? [JSON.stringify(output.Export)] : []))
          .sort(),
      ]),
  );

describe('exports within a region', () => {
  it('stay when the last service that reads them changes, so that they never block its deployment', () => {
    const nobodyReads = synthesize(
      variant('ops-center', {
        services: {
          backend: {
            secrets: null,
            routes: null,
            health: null,
            readiness: null,
            stickiness: null,
            buckets: null,
            replicas: { standby: null },
          },
          frontend: { routes: null, health: null, replicas: { standby: null } },
        },
        objectives: { components: { balancer: null } },
      }),
    );
    expect(exportsOf(nobodyReads)).toEqual(exportsOf(synthesized('ops-center')));
  });
});
