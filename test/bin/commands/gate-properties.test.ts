import { describe, expect, it } from '@jest/globals';
import { RESOURCE_TYPE } from '../../../lambda/image-gate/contract';
import { parseService } from '../../../lambda/image-gate/service';
import { gateProperties } from '../../../lib/service/gate-properties';
import { platform, SYSTEMS, synthesized } from '../../support/synth';

/** `holdfast start` asks the gate from outside of any stack; it must ask for what the stack says. */
describe.each(SYSTEMS)('what is asked of the gate of %s', (name) => {
  const target = platform(name);
  const cases = (['home', 'standby'] as const).flatMap((role) =>
    target.services.map((service) => ({ role, service })),
  );

  it('is the same from the command and from the stack, and what the function takes', () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const { role, service } of cases) {
      const stack = `${target.regions[role].name}-Service-${service.name}`;
      const { Properties } = synthesized(name).only(stack, RESOURCE_TYPE);
      const { ServiceToken: _, ServiceTimeout: __, Revision: ___, ...stacked } = Properties;
      const asked = gateProperties(target, service);
      expect(parseService({ ...asked })).toEqual(parseService(stacked));
      expect({ Secrets: [], ...stacked }).toEqual(asked);
    }
  });
});
