import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pickStatement } from '../../../../lambda/archive/replay/definition/pick';
import { isVisible } from '../../../../lambda/archive/replay/definition/snapshot';
import { statementsOf } from '../../../../lambda/archive/replay/definition/statements';

const texts = (query: string): readonly string[] => statementsOf(query).map(({ text }) => text);

/** Statements that hold a semicolon, or the beginning of something that could swallow one. */
const STATEMENTS = [
  "INSERT INTO a VALUES ('x;y', 'it''s;')",
  "SELECT E'it\\'s; \\\\', 'back\\', 1",
  "SELECT E'one;'\n  'two\\';', U&'d\\0061t;a', B'1', X'ff'",
  'SELECT "odd;na""me" FROM "t;"',
  'SELECT $$;$$, $tag$ ; $$ ; $other$ ; $tag$, $1',
  'SELECT a$b$c, 1$$;$$',
  'SELECT 1 /* ; /* nested; */ ; */ + 2',
  "SELECT 1 -- it's; a comment\n + 2",
  'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2); SELECT 3)',
  'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
  'CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); END',
  'CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF true THEN RETURN 1; END IF; END $$',
  'SELECT grüße FROM tëxt',
  'SELECT 1e5, .5, 1.5e-3',
];

describe('a query', () => {
  it('comes apart into the statements that it was put together of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...STATEMENTS), { maxLength: 8 }),
        fc.constantFrom(';', '; ', ';\n', ' ; ; ', ';/* ; */', ';-- ;\n'),
        (statements, between) => {
          expect(texts(statements.join(between))).toEqual(statements);
          expect(texts(statements.map((one) => one + between).join(''))).toEqual(statements);
        },
      ),
    );
  });

  it('that begins a transaction is not taken for a body of a function', () => {
    expect(texts('BEGIN; SELECT CASE 1 WHEN 1 THEN 2 END; END; SELECT 1')).toHaveLength(4);
  });

  it('that never ends something is one statement to its end', () => {
    for (const open of ["'", '"', '$$', '/*', "E'\\'", '(']) {
      expect(texts(`SELECT 1; SELECT ${open} ; x`)).toEqual([
        'SELECT 1',
        `SELECT ${open} ; x`.replace(/\/\*.*/, '').trim(),
      ]);
    }
  });
});

describe('the statement of a command', () => {
  const QUERY = `
    BEGIN; CREATE TABLE a (id int); INSERT INTO a VALUES (1); CREATE TEMP TABLE b AS SELECT 1;
    CREATE UNIQUE INDEX i ON a (id); GRANT reader TO writer; CREATE ROLE r; CREATE OR REPLACE VIEW v AS SELECT 1;
    SELECT 1 INTO c; DROP TABLE IF EXISTS nothing; COMMENT ON DATABASE d IS 'x'; ALTER TABLE a ADD COLUMN n int;
    GRANT SELECT ON a TO reader; CREATE USER MAPPING FOR x SERVER y; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();
    COMMENT ON TABLE a IS 'x;'; REFRESH MATERIALIZED VIEW m; WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x; COMMIT`;

  it.each([
    [1, 'CREATE TABLE', 'CREATE TABLE a (id int)'],
    [2, 'CREATE TABLE AS', 'CREATE TEMP TABLE b AS SELECT 1'],
    [3, 'CREATE INDEX', 'CREATE UNIQUE INDEX i ON a (id)'],
    [4, 'CREATE VIEW', 'CREATE OR REPLACE VIEW v AS SELECT 1'],
    [5, 'SELECT INTO', 'SELECT 1 INTO c'],
    [6, 'DROP TABLE', 'DROP TABLE IF EXISTS nothing'],
    [7, 'ALTER TABLE', 'ALTER TABLE a ADD COLUMN n int'],
    [8, 'GRANT', 'GRANT SELECT ON a TO reader'],
    [9, 'CREATE USER MAPPING', 'CREATE USER MAPPING FOR x SERVER y'],
    [10, 'COMMENT', "COMMENT ON TABLE a IS 'x;'"],
    [11, 'REFRESH MATERIALIZED VIEW', 'REFRESH MATERIALIZED VIEW m'],
  ])('is found by its place among those that fire an event: %i. %s', (ordinal, tag, text) => {
    expect(pickStatement(QUERY, ordinal, tag)).toBe(text);
  });

  it('is not guessed where place and tag do not agree', () => {
    expect(pickStatement(QUERY, 2, 'CREATE TABLE')).toBe('CREATE TEMP TABLE b AS SELECT 1');
    expect(pickStatement(QUERY, 3, 'CREATE TABLE')).toBeUndefined();
    expect(pickStatement(QUERY, 12, 'CREATE TABLE')).toBeUndefined();
  });

  it('is the whole query if that has one only', () => {
    expect(pickStatement(' ALTER TABLE i RENAME TO j; ', 1, 'ALTER INDEX')).toBe('ALTER TABLE i RENAME TO j');
  });
});

describe('a snapshot', () => {
  it.each([
    [9, '10:20:12,14', true],
    [10, '10:20:12,14', true],
    [12, '10:20:12,14', false],
    [19, '10:20:', true],
    [20, '10:20:', false],
    [21, '10:20:', false],
    [5, '4294967290:4294967310:4294967301', false],
    [6, '4294967290:4294967310:4294967301', true],
    [4294967295, '4294967290:4294967310:4294967301', true],
  ])('sees transaction %i as %s: %p', (xid, snapshot, expected) => {
    expect(isVisible(xid, snapshot)).toBe(expected);
  });
});
