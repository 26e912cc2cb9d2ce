import { afterEach, describe, expect, it } from '@jest/globals';
import { topUp } from '../../../../lambda/archive/restore/top-up';
import { sessionOf, type TwoSides } from '../salvage/two-sides';
import { restoredCopy } from './restored-copy';

let sides: TwoSides | undefined;
afterEach(async () => {
  await sides?.stop();
  sides = undefined;
});

describe('the top-up of a restored copy', () => {
  it('adds one transaction of a million rows', async () => {
    const two = await restoredCopy(3, 4, (started) => {
      sides = started;
    });
    await two.oldClient.query(
      "INSERT INTO item SELECT n, 'row ' || n, n / 7.0 FROM generate_series(10, 1000009) AS n",
    );
    await two.archiveOld();
    const digest =
      'SELECT count(*)::int AS rows, sum(hashtextextended(item::text, 0)) AS digest FROM public.item';

    const added = await topUp(sessionOf(two.client), two.store, { kind: 'latest' }, () => true);

    expect(added).toMatchObject({ ended: 'input', transactions: 2 });
    const [source, copy] = await Promise.all([two.oldClient.query(digest), two.client.query(digest)]);
    expect(source.rows[0]?.rows).toBeGreaterThan(1_000_000);
    expect(copy.rows).toEqual(source.rows);
  }, 180_000);
});
