import { describe, expect, it } from '@jest/globals';
import { gate } from '../../../lambda/image-gate/gate';
import { recordedLeadership } from '../../../lambda/image-gate/leadership';
import { parseService } from '../../../lambda/image-gate/service';
import { toItem } from '../../../lambda/leader/item';
import type { LeadershipTable } from '../../../lambda/leader/ports';
import { firstRecord, STATES } from '../../../lambda/leader/record';
import { FakeClock } from '../../support/fake-clock';
import { resourceHost } from '../../support/resource-host';
import { FakeCloud, IMAGE, RAW } from './fakes';

const HOME = 'us-east-1';
const first = firstRecord(HOME, 60, 5);
const table = (region: string, read: LeadershipTable['read']): LeadershipTable => ({
  region,
  read,
  create: () => Promise.reject(new Error('The gate writes nothing.')),
  replace: () => Promise.reject(new Error('The gate writes nothing.')),
});
const holding = (region: string, record = first) => table(region, async () => toItem(record, 'nonce'));
const failing = (region: string, name = 'TimeoutError') =>
  table(region, () => Promise.reject(Object.assign(new Error('no'), { name })));
const leadOf = (own: string, ...tables: LeadershipTable[]) =>
  recordedLeadership(tables, own, new FakeClock()).lead();

describe('what the gate knows of the lead', () => {
  it.each(STATES)('is the holder of the record, whatever its state: %s', async (state) => {
    const record = { ...first, state };
    expect(await leadOf(HOME, holding(HOME, record))).toMatchObject({ known: true, leads: true });
    expect(await leadOf('us-west-2', holding(HOME, record))).toMatchObject({ known: true, leads: false });
  });

  it.each(STATES.filter((state) => !['SERVING', 'PROTECTED', 'REBUILDING'].includes(state)))(
    'is that it moves in the state %s',
    async (state) => {
      const lead = await leadOf(HOME, holding(HOME, { ...first, state }));
      expect(lead).toMatchObject({ moving: `just moves (${state}, ${HOME})` });
    },
  );

  it('is that it is about to move once that is asked for, and no such thing of a failback or a freeze', async () => {
    const asked = (kind: 'force' | 'failback', frozen = false) =>
      leadOf(
        HOME,
        holding(HOME, {
          ...first,
          frozen,
          operation: { kind, id: 'one', to: 'us-west-2', sentence: 'Anna.' },
        }),
      );
    expect(await asked('force')).toMatchObject({ moving: 'is about to move to us-west-2 (force)' });
    expect(await asked('failback', true)).toEqual({ known: true, leads: true });
  });

  it('comes from the next region if one does not answer', async () => {
    expect(await leadOf(HOME, failing(HOME), holding('us-west-2'))).toEqual({ known: true, leads: true });
  });

  it('is nothing, with the reason, if no region answers or there is no record', async () => {
    expect(await leadOf(HOME, failing(HOME), failing('us-west-2'))).toMatchObject({
      known: false,
      why: expect.stringContaining('could not be read in any region'),
    });
    expect(
      await leadOf(
        HOME,
        table(HOME, async () => undefined),
      ),
    ).toEqual({
      known: false,
      why: 'there is no leadership record',
    });
  });

  it('is asked for again while the policy of the function is not in force yet', async () => {
    let refusals = 3;
    const cloud = new FakeCloud([IMAGE], undefined);
    const host = resourceHost();
    const clock = host.clock;
    const refusing = table(HOME, async () => {
      if (refusals === 0) return toItem(first, 'nonce');
      refusals -= 1;
      throw Object.assign(new Error('is not authorized'), { name: 'AccessDeniedException' });
    });
    cloud.lead = () => recordedLeadership([refusing], HOME, clock).lead();
    const begun = clock.now();
    const { data } = await clock.run(gate(cloud, cloud).create(parseService(RAW), host));
    expect(data).toMatchObject({ Desired: '3' });
    expect(clock.now() - begun).toBe(15_000);
  });
});
