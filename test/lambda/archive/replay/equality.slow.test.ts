import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Content, contentOf } from '../../../../lambda/archive/compare/content';
import { differenceOf } from '../../../../lambda/archive/compare/difference';
import { type Outcome, replay } from '../../../../lambda/archive/replay/replay';
import { DEFINITIONS } from './definitions';
import { TYPES } from './types';
import { ROWS } from './workloads';
import { given, startSource } from './world';

/** All workloads are done to one source and replayed into one copy of it; then they are compared one by one. */

const WORKLOADS = [...ROWS, ...TYPES, ...DEFINITIONS].map((of, index) => ({
  schema: `s${index}`,
  ...of(`s${index}`),
}));

let outcome: Outcome;
let there: Content;
let here: Content;

beforeAll(async () => {
  const source = await startSource();
  try {
    for (const { schema, before } of WORKLOADS) await source.run(`CREATE SCHEMA ${schema}`, ...before);
    const target = await source.base();
    try {
      for (const { work } of WORKLOADS) await source.run(...work);
      await source.beat();
      const session = await target.session();
      outcome = await replay(session, given(await source.capture()));
      there = await contentOf(source.session);
      here = await contentOf(session);
    } finally {
      await target.stop();
    }
  } finally {
    await source.stop();
  }
}, 120_000);

/** What is in a schema. */
const of = ({ tables, sequences, ...rest }: Content, schema: string): Content => ({
  ...rest,
  tables: tables.filter(({ table }) => table.startsWith(`${schema}.`)),
  sequences: sequences.filter(({ sequence }) => sequence.startsWith(`"${schema}".`)),
});

describe('a base with the archive replayed equals the source after', () => {
  it.each(WORKLOADS)('$name', ({ schema }) => {
    expect(of(here, schema).tables.length).toBeGreaterThan(0);
    expect(differenceOf(of(there, schema), of(here, schema), 'the source', 'the copy')).toBeUndefined();
  });

  it('all of it together', () => {
    expect(differenceOf(there, here)).toBeUndefined();
    expect(here.tables.length).toBeGreaterThan(40);
  });
});

describe('a replay', () => {
  it('tells which prepared transactions it has rolled back', () => {
    expect(outcome.rolledBack).toEqual(['inherited']);
  });
});
