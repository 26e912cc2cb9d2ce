import { toItem } from '../../../lambda/leader/item';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { DatabaseStatus, FencedDatabase, World } from '../../../lambda/region-agent/ports';
import type { Bug } from '../history/run';
import type { Wrap } from '../world/agent-function';

/** Layers between the real agent and its world, with which a mistake in either is made on purpose. */

type Managed = NonNullable<World['managed']>;
type Side = Parameters<Wrap>[2];

export const withManaged =
  (change: (managed: Managed, ...around: Parameters<Wrap>) => Partial<Managed>): Wrap =>
  (ports, ...rest) =>
    ports.managed
      ? { ...ports, managed: { ...ports.managed, ...change(ports.managed, ports, ...rest) } }
      : ports;

/** What the agent asks of the database goes through `change` first. */
export const withDatabase = (
  change: (database: FencedDatabase, ...around: Parameters<Wrap>) => Partial<FencedDatabase>,
): Wrap =>
  withManaged(({ database }, ...around) => ({ database: { ...database, ...change(database, ...around) } }));

/**
 * The record is written over the version that was read, whatever the table of transitions says. One region of the table
 * is asked once.
 */
export const unchecked: Wrap = (ports, host, side, { table }) => {
  let writes = 0;
  return {
    ...ports,
    leadership: {
      ...ports.leadership,
      replace: async (current, next) => {
        writes += 1;
        const item = toItem(next, `${host.name}/unchecked/${writes}`);
        await table.servedBy(side.name, host).replace(item, current.version, new AbortController().signal);
        return { written: true, record: next };
      },
    },
  };
};

/** What the agent changed of the record that it was shown, on the one that was really there. */
function onReal(real: LeadershipRecord, shown: LeadershipRecord, next: LeadershipRecord): LeadershipRecord {
  const changed = Object.entries(next).filter(([name, value]) => !Object.is(Reflect.get(shown, name), value));
  return { ...real, ...Object.fromEntries(changed) };
}

/** The agent sees the record as `seen` shows it; what it writes rests on the one that was really there. */
export const recordSeenAs =
  (seen: (record: LeadershipRecord, side: Side) => LeadershipRecord): Wrap =>
  (ports, _host, side) => {
    const real = new Map<number, LeadershipRecord>();
    const show = (record: LeadershipRecord): LeadershipRecord => {
      real.set(record.version, record);
      return seen(record, side);
    };
    return {
      ...ports,
      leadership: {
        read: async () => {
          const record = await ports.leadership.read();
          return record && show(record);
        },
        replace: async (current, next) => {
          const was = real.get(current.version) ?? current;
          const { written, record } = await ports.leadership.replace(was, onReal(was, current, next));
          return { written, record: show(record) };
        },
      },
    };
  };

/** The agent sees its database as `seen` shows it, beside the record that it read last. */
export const databaseSeenAs =
  (seen: (status: DatabaseStatus, record: LeadershipRecord | undefined) => DatabaseStatus): Wrap =>
  (ports, ...rest) => {
    let last: LeadershipRecord | undefined;
    const watching = recordSeenAs((record) => {
      last = record;
      return record;
    });
    const layered = withDatabase((database) => ({
      observe: async () => seen(await database.observe(), last),
    }));
    return layered(watching(ports, ...rest), ...rest);
  };

/** Both layers, the second one outside. */
export const both =
  (inner: Wrap, outer: Wrap): Wrap =>
  (ports, ...rest) =>
    outer(inner(ports, ...rest), ...rest);

export const wrapped = (wrap: Wrap): Bug => ({ wrap });
