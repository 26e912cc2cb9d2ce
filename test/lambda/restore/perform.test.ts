import { describe, expect, it } from '@jest/globals';
import { perform } from '../../../lambda/restore/perform';
import type { Host, Ports } from '../../../lambda/restore/ports';
import type { RestoreRequest } from '../../../lambda/restore/request';
import { LoginRefused } from '../../../lambda/runtime/postgres/session';
import { FakeClock } from '../../support/fake-clock';
import { memoryStore } from '../archive/support/memory-store';
import { emptyDatabase } from '../restore-drill/fakes';

const HOST: Host = { identifier: 'shop-db', database: 'shop', deadlineMs: 900_000 };
const MINE = 'shop-db-restore-mine';

function world({ refuses = false, status = 'available' } = {}) {
  const reached: string[] = [];
  const passwords: string[] = [];
  const ports: Ports = {
    instances: {
      find: async (identifier) =>
        identifier.endsWith('-none')
          ? undefined
          : { identifier, status, host: status === 'available' ? identifier : undefined },
      setPassword: async (identifier) => void passwords.push(identifier),
    },
    login: {
      password: async () => 'current',
      async connect(host) {
        reached.push(host);
        if (refuses) throw new LoginRefused('holdfast_owner');
        return emptyDatabase();
      },
    },
    archive: memoryStore(),
    clock: new FakeClock(),
  };
  return { ports, reached, passwords };
}

describe('the restore function', () => {
  it.each<RestoreRequest>([
    { operation: 'prepare', instance: 'shop-db' },
    { operation: 'top-up', instance: 'shop-db', target: 'latest' },
    { operation: 'verify', instance: 'shop-db-quarantine-e2', target: 'latest' },
    { operation: 'copy-tables', instance: 'other-db-restore-x', tables: ['a'], schema: 's' },
    { operation: 'old-side', instance: 'shop-db' },
  ])('never does $operation on an instance that is not named for it', async (request) => {
    const { ports, reached } = world();
    expect(await perform(ports, HOST, request)).toMatchObject({ outcome: 'refused' });
    expect(reached).toEqual([]);
  });

  it('says that an instance is not there, or cannot be reached yet', async () => {
    const gone = await perform(world().ports, HOST, { operation: 'status', instance: `${MINE}-none` });
    expect(gone.sentence).toBe(`There is no database ${MINE}-none in this region.`);
    const { ports } = world({ status: 'creating' });
    const early = await perform(ports, HOST, { operation: 'status', instance: MINE });
    expect(early.sentence).toContain('cannot be reached yet (creating)');
  });

  it('prepares a copy, and gives it the current password where it has another', async () => {
    const { ports } = world();
    expect(await perform(ports, HOST, { operation: 'prepare', instance: MINE })).toMatchObject({
      operation: 'prepare',
      outcome: 'done',
      database: { closed: true, activeJobs: 0 },
    });
    const other = world({ refuses: true });
    expect(await perform(other.ports, HOST, { operation: 'prepare', instance: MINE })).toMatchObject({
      operation: 'password',
      outcome: 'more',
    });
    expect(other.passwords).toEqual([MINE]);
  });

  it('refuses a target that is none, and tops nothing up where there is no archive', async () => {
    const { ports } = world();
    const wrong = await perform(ports, HOST, { operation: 'top-up', instance: MINE, target: 'soon' });
    expect(wrong).toMatchObject({
      operation: 'refused',
      sentence: expect.stringContaining('soon is no target'),
    });
    const none = await perform(ports, HOST, { operation: 'top-up', instance: MINE, target: 'latest' });
    expect(none).toMatchObject({ outcome: 'done', applied: 0, last: null });
  });

  it('throws what is no refusal, so that the same may be asked again', async () => {
    const { ports } = world({ refuses: true });
    const asked = perform(ports, HOST, { operation: 'status', instance: MINE });
    await expect(asked).rejects.toThrow(LoginRefused);
  });
});
