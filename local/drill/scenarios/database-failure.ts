import { neverTwoOpen, neverTwoWriters, nobodyMoved, nothingLost, readsSeeWrites } from '../expectations';
import type { Scenario } from '../scenario';

export const databaseFailure: Scenario = {
  name: 'database-failure',
  says: 'The database of the region that leads fails, and comes back within a minute as a Multi-AZ instance does. The lead stays where it is.',
  async steps(stage) {
    const leader = stage.leader();
    const region = stage.world.region(leader);
    await stage.pass(40);
    stage.trouble(`The database in ${region} fails over to its other zone.`);
    await stage.world.aws.databases.lose(region);
    // AWS gives one to two minutes for it; the lease is kept for longer.
    await stage.pass(90);
    await stage.world.aws.databases.regain(region);
    stage.note('The database is back under the same name.');
    await stage.until(
      `the database in ${leader} takes writes`,
      ({ databases }) => databases[leader].open,
      180,
    );
    await stage.pass(60);
  },
  expect: [nobodyMoved, nothingLost, neverTwoOpen, neverTwoWriters, readsSeeWrites],
};
