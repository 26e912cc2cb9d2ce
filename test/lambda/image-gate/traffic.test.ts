import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gate } from '../../../lambda/image-gate/gate';
import { parseService } from '../../../lambda/image-gate/service';
import { AlternateServes, ShiftUnderWay, weightsOf } from '../../../lambda/image-gate/traffic';
import { resourceHost } from '../../support/resource-host';
import { FakeCloud, IMAGE, RAW } from './fakes';

const paired = parseService(RAW);
const rolling = parseService({ ...RAW, Paired: 'false' });
const serving = (blue: number, green: number) => {
  const cloud = new FakeCloud([IMAGE], 3);
  cloud.shares = { blue, green };
  return cloud;
};

/** The weights for a stack that waits for nobody longer than a minute. */
const look = (service: typeof paired, cloud: FakeCloud) => {
  const host = resourceHost(60);
  return host.clock.run(weightsOf(service, cloud, host));
};

describe('the traffic of a service', () => {
  it('goes to the first group before there is a service', async () => {
    expect(await look(paired, new FakeCloud([IMAGE], undefined))).toEqual({ blue: 100, green: 0 });
  });

  it('stays where the last deployment has left it, whatever a stack changes', async () => {
    const whole = fc.integer({ min: 1, max: 999 });
    await fc.assert(
      fc.asyncProperty(whole, fc.boolean(), async (share, isBlue) => {
        const shares = isBlue ? { blue: share, green: 0 } : { blue: 0, green: share };
        expect(await look(paired, serving(shares.blue, shares.green))).toEqual(shares);
      }),
    );
  });

  it('is handed to the template with the number of tasks', async () => {
    const cloud = serving(0, 100);
    const { data } = await gate(cloud, cloud).update(paired, resourceHost());
    expect(data).toMatchObject({ Desired: '3', BlueWeight: '0', GreenWeight: '100' });
  });

  it('is waited for while a deployment moves it, with the number of tasks of afterwards', async () => {
    const cloud = serving(0, 100);
    cloud.shifting = [
      { blue: 90, green: 10 },
      { blue: 50, green: 50 },
    ];
    const host = resourceHost();
    const begun = host.clock.now();
    const answered = host.clock.run(gate(cloud, cloud).update(paired, host));
    cloud.count = 5;
    expect((await answered).data).toMatchObject({ Desired: '5', BlueWeight: '0', GreenWeight: '100' });
    expect(host.clock.now() - begun).toBe(20_000);
  });

  it('is not repeated while a deployment moves it for longer than the function has time', async () => {
    await expect(look(paired, serving(90, 10))).rejects.toThrow(ShiftUnderWay);
    await expect(look(paired, serving(90, 10))).rejects.toThrow('(90 to 10); nothing was changed');
  });

  it('is not taken from the alternate group by a change to rolling deployments', async () => {
    await expect(look(rolling, serving(0, 100))).rejects.toThrow(AlternateServes);
    expect(await look(rolling, serving(100, 0))).toEqual({ blue: 100, green: 0 });
  });
});
