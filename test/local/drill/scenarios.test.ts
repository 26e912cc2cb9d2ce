import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { neverTwoOpen, neverTwoWriters } from '../../../local/drill/expectations';
import { SCENARIOS } from '../../../local/drill/scenarios';
import { databaseFailure } from '../../../local/drill/scenarios/database-failure';
import { failback } from '../../../local/drill/scenarios/failback';
import { flapping } from '../../../local/drill/scenarios/flapping';
import { load } from '../../../local/drill/scenarios/load';
import { partition } from '../../../local/drill/scenarios/partition';
import { regionLoss } from '../../../local/drill/scenarios/region-loss';
import { replicaKill } from '../../../local/drill/scenarios/replica-kill';
import { restore } from '../../../local/drill/scenarios/restore';
import { switchover } from '../../../local/drill/scenarios/switchover';
import { zoneLoss } from '../../../local/drill/scenarios/zone-loss';
import { BEGAN, CLOSED, look, SILENT, write } from './evidence';
import { FakeStage } from './fake-stage';

const of = (done: readonly string[], pattern: RegExp): readonly string[] =>
  done.filter((one) => pattern.test(one));

describe('a region that is lost', () => {
  it('is the one that leads, and the drill goes on until the name leads to the other', async () => {
    const world = new FakeStage();
    world.meanwhile = () => world.done.includes('lose home') && world.takenOver();
    await regionLoss.steps(world.stage);
    expect(world.done).toEqual([
      'pass 40',
      'trouble',
      'lose home',
      'until the database in standby takes writes',
      'until the public name leads to standby',
      'pass 120',
    ]);
  });

  it('ends the scenario with what did not happen', async () => {
    const world = new FakeStage();
    await expect(regionLoss.steps(world.stage)).rejects.toThrow(
      'It was expected that the database in standby takes writes.',
    );
  });
});

describe('a network that is cut', () => {
  it.each([
    ['partition', partition, 1],
    ['flapping', flapping, 4],
  ] as const)(
    'is whole again at the end of %s, and every way that was cut is joined',
    async (_, scenario, times) => {
      const world = new FakeStage();
      world.meanwhile = () => scenario === partition && world.done.includes('trouble') && world.takenOver();
      await scenario.steps(world.stage);
      const ways = of(world.done, /^(cut|join) /);
      const cut = ways.filter((one) => one.startsWith('cut')).map((one) => one.slice(4));
      expect(cut).toEqual(Array.from({ length: times }, () => ['home standby', 'home witness']).flat());
      expect(ways.filter((one) => one.startsWith('join')).map((one) => one.slice(5))).toEqual(cut);
      expect(ways.at(-1)).toMatch(/^join/);
      expect(world.done.some((one) => one.includes('users'))).toBe(false);
    },
  );

  it('is cut for shorter than a lease lasts while it flaps', async () => {
    const world = new FakeStage();
    await flapping.steps(world.stage);
    const apart = world.done.flatMap((one, index) =>
      /^cut .*witness/.test(one) ? [world.done[index + 1]] : [],
    );
    expect(apart).toEqual(Array.from({ length: 4 }, () => 'pass 16'));
  });
});

describe('a database that fails in place', () => {
  it('comes back in the same region, and nothing else happens to it', async () => {
    const world = new FakeStage();
    await databaseFailure.steps(world.stage);
    expect(of(world.done, /database/)).toEqual([
      'database gone us-east-1',
      'database back us-east-1',
      'until the database in home takes writes',
    ]);
    expect(of(world.done, /^(lose|cut|kill)/)).toEqual([]);
  });
});

describe('a zone that is lost', () => {
  it('takes a third of the tasks and the database with it; both come back', async () => {
    const world = new FakeStage();
    await zoneLoss.steps(world.stage);
    expect(of(world.done, /^(hold|kill|database|release)/)).toEqual([
      'hold home',
      'kill web',
      'kill worker',
      'database gone us-east-1',
      'database back us-east-1',
      'release home',
    ]);
  });

  it('leaves room for new tasks also if the database does not come back', async () => {
    const world = new FakeStage();
    world.meanwhile = () => world.closed();
    await expect(zoneLoss.steps(world.stage)).rejects.toThrow('the database in home takes writes');
    expect(world.done.at(-1)).toBe('release home');
  });

  it('fails if the services do not get their tasks again', async () => {
    const world = new FakeStage();
    world.isComplete = false;
    await expect(zoneLoss.steps(world.stage)).rejects.toThrow('every service has its tasks again');
  });
});

describe('tasks that are killed', () => {
  it('are of every service, one after another', async () => {
    const world = new FakeStage();
    await replicaKill.steps(world.stage);
    expect(of(world.done, /^kill/)).toEqual(world.tasks.map((service) => `kill ${service}`));
  });

  it('are killed for five minutes under a load', async () => {
    const world = new FakeStage();
    await load.steps(world.stage);
    expect(of(world.done, /^kill/)).toHaveLength(7);
    const passed = of(world.done, /^pass/).map((one) => Number(one.split(' ')[1]));
    expect(passed.reduce((total, seconds) => total + seconds, 0)).toBe(300);
  });

  it('may be none where none runs', async () => {
    const world = new FakeStage();
    world.tasks.length = 0;
    await replicaKill.steps(world.stage);
    expect(of(world.done, /^kill/)).toEqual([]);
  });
});

describe('a table that is dropped', () => {
  /** A database that keeps the rows of the notes, and a copy that has those of the first writes. */
  function dropped(added: number, inCopy: (id: number) => boolean): FakeStage {
    const world = new FakeStage();
    let last = 0;
    let living: string[] = [];
    world.prints = (command) => {
      if (command.startsWith('archive')) return `[{"last":{"commitTimeUs":"9999999999999999"}}]`;
      world.databases.push(`shop-db-restore-${command.split(' ')[4]}.`);
      return `restored\n${added} transactions with 9 changes were added, up to then.`;
    };
    world.answers = (sql, host) => {
      if (sql.includes('DEFAULT VALUES')) {
        last += 1;
        living.push(String(last));
        return [{ id: String(last) }];
      }
      if (sql.startsWith('DROP TABLE')) living = [];
      const copied = Array.from({ length: last }, (_, index) => index + 1)
        .filter(inCopy)
        .map(String);
      if (sql.includes('SELECT * FROM restored_before_')) living = copied;
      if (sql.startsWith('SELECT id'))
        return (host === 'shop-db.east.' ? living : copied).map((id) => ({ id }));
      return [];
    };
    return world;
  }
  const judged = async (added: number, inCopy: (id: number) => boolean) => {
    const world = dropped(added, inCopy);
    await restore.steps(world.stage);
    return of(world.done, /^(held|broken)/).map((one) => one.split(':')[0]);
  };

  it('is back with its rows, which only the archive had', async () => {
    expect(await judged(40, (id) => id <= 40)).toEqual(['held', 'held', 'held']);
  });

  it('is not as it should be if the archive was not used', async () => {
    expect(await judged(0, (id) => id <= 40)).toEqual(['broken', 'held', 'held']);
  });

  it.each([
    ['a row is missing', 39],
    ['a later row is there', 41],
  ])('is not as it should be if %s', async (_, upTo) => {
    expect(await judged(40, (id) => id <= upTo)).toEqual(['held', 'broken', 'broken']);
  });
});

describe('what an operator does', () => {
  it('is to ask for a switchover once, with a reason', async () => {
    const world = new FakeStage();
    world.meanwhile = () => world.done.some((one) => one.startsWith('holdfast')) && world.takenOver();
    await switchover.steps(world.stage);
    expect(of(world.done, /^(holdfast|until|lose|cut)/)).toEqual([
      'holdfast switchover --reason drill',
      'until the public name leads to standby',
    ]);
  });
});

describe('a failback', () => {
  /** The platform is protected again as soon as somebody waits for it. */
  function rebuilt(world: FakeStage, before: (seconds: number) => void = () => {}): void {
    world.meanwhile = (seconds) => {
      before(seconds);
      if (seconds !== 1200) return;
      const { databases } = look(0);
      const record = { holder: 'standby', epoch: 2, state: 'PROTECTED', version: 9 } as const;
      world.sample = look(0, { record, databases: { home: databases.standby, standby: databases.home } });
    };
  }
  const asked = (world: FakeStage) => of(world.done, /^(cut|lose|join|regain|holdfast|until)/);

  it.each([
    ['gives a region back first that is gone', true],
    ['rebuilds one that is there already', false],
  ])('%s', async (_, isLost) => {
    const world = new FakeStage();
    world.takenOver(isLost ? SILENT : CLOSED);
    if (isLost) world.lost = 'home';
    rebuilt(world);
    await failback.steps(world.stage);
    expect(asked(world)).toEqual([
      ...(isLost ? ['regain home'] : []),
      'holdfast failback --reason drill',
      'until the platform is protected again',
    ]);
    expect(of(world.done, /^(held|broken)/)).toEqual([
      'held: The lead stays where it is while the other region is rebuilt',
    ]);
  });

  it('loses the region that leads first where none was left, after the other one has lacked its writes', async () => {
    const world = new FakeStage();
    rebuilt(world, () => {
      if (world.done.at(-1) === 'join home standby') world.takenOver();
      if (world.done.includes('lose home'))
        world.lost = world.done.includes('regain home') ? undefined : 'home';
    });
    await failback.steps(world.stage);
    expect(asked(world).slice(0, 7)).toEqual([
      'cut home standby',
      'lose home',
      'join home standby',
      'until the database in standby takes writes',
      'until the public name leads to standby',
      'regain home',
      'holdfast failback --reason drill',
    ]);
  });

  describe('with writes that are missing', () => {
    const LISTED = ['a', 'b'];

    /** @param named by salvage @param applied which of them the SQL brings back */
    async function judged(
      named: readonly string[],
      applied: readonly string[],
      beyond: object | null = null,
    ) {
      const world = new FakeStage();
      world.takenOver(CLOSED);
      world.missed = LISTED.map((id) => write(id, 0));
      rebuilt(world);
      world.prints = (command) => {
        const [, list] = /--list (\S+)/.exec(command) ?? [];
        const [, sql] = /--sql (\S+)/.exec(command) ?? [];
        const summary = { head: null, beyond };
        if (list !== undefined) writeFileSync(list, JSON.stringify({ summary, transactions: named }));
        if (sql !== undefined) writeFileSync(sql, '-- all\n\\set ON_ERROR_STOP on\nBEGIN;COMMIT;');
        return '';
      };
      const run: string[] = [];
      world.answers = (sql) => {
        run.push(sql);
        return sql.startsWith('SELECT id') ? applied.map((id) => ({ id })) : [];
      };
      await failback.steps(world.stage);
      return {
        world,
        run,
        held: of(world.done, /^(held|broken)/)
          .slice(1)
          .map((one) => one.split(':')[0]),
      };
    }

    it('has them listed by the epoch that was left, and applied as the owner', async () => {
      const { world, run, held } = await judged(LISTED, LISTED);
      expect(held).toEqual(['held', 'held']);
      expect(of(world.done, /salvage/).map((one) => one.split(' --')[1])).toEqual(['epoch 1', 'epoch 1']);
      expect(run.find((sql) => sql.includes('BEGIN'))).toBe('-- all\n\nBEGIN;COMMIT;');
      expect(run.some((sql) => sql.startsWith('SET SESSION AUTHORIZATION'))).toBe(true);
    });

    it('is not as it should be if one is nowhere named', async () => {
      expect((await judged(['a'], LISTED)).held).toEqual(['broken', 'held']);
    });

    it('lets one be lost within the time that salvage names', async () => {
      const beyond = { fromUs: (BEGAN - 1) * 1000, untilUs: (BEGAN + 1) * 1000 };
      expect((await judged(['a'], ['a'], beyond)).held).toEqual(['held', 'held']);
      expect((await judged([], [], beyond)).held).toEqual(['held']);
    });

    it('is not as it should be if the SQL does not bring them back', async () => {
      expect((await judged(LISTED, ['a'])).held).toEqual(['held', 'broken']);
    });
  });
});

describe('the scenarios', () => {
  it('each say what they do, and expect that no two regions take writes', () => {
    const all = SCENARIOS.map(({ name, says, expect: wanted }) => [
      name,
      says.length > 40,
      wanted.includes(neverTwoWriters) && wanted.includes(neverTwoOpen),
    ]);
    expect(all).toEqual(SCENARIOS.map(({ name }) => [name, true, true]));
  });
});
