import type { Workload } from './workloads';

/** Values of every type that PostgreSQL brings, the odd ones among them, and of types that a database makes itself. */

type Values = Readonly<Record<string, readonly string[]>>;

/** Type -> values as SQL. */
const NUMBERS: Values = {
  bool: ["'t'", "'f'"],
  int2: ['-32768', '32767'],
  int4: ['-2147483648', '2147483647'],
  int8: ['-9223372036854775808', '9223372036854775807'],
  float4: ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", '1e-45', '3.4028235e+38', '0.1'],
  float8: [
    "'NaN'",
    "'Infinity'",
    "'-Infinity'",
    "'-0'",
    '5e-324',
    '1.7976931348623157e308',
    '0.1',
    '0.30000000000000004',
  ],
  numeric: [
    "'NaN'",
    "'Infinity'",
    "'-Infinity'",
    '0.00',
    '1.0',
    '1.00',
    '-123456789012345678901234567890.123456789',
    '1e-300',
  ],
  'numeric(12,4)': ["'NaN'", '1.5', '-99999999.9999'],
  money: ["'-92233720368547758.08'", "'1234.56'"],
};

const TEXTS: Values = {
  text: [
    "''",
    "' '",
    "'NULL'",
    "'null'",
    `'{"a",b\\}'`,
    `E'tab\\t line\\n cr\\r back\\b quote\\' double" slash\\\\ end'`,
    "'grüße 日本 🐘'",
    "'\\N'",
    "','",
  ],
  'varchar(20)': ["'  both  '", "'\\x'"],
  'char(6)': ["'a'", "'ab  '", "''"],
  bpchar: ["'a  '", "'long one without a length   '"],
  '"char"': ["'a'", "''", "'\\200'", "'\"'", "'\\'"],
  name: ["'a name'", `'"'`],
  bytea: ["''", "'\\x00ff5c2722'", "'\\000'::bytea"],
  uuid: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"],
  json: [`'{"b": 1,  "a" : [1, 2.50, null], "b": "twice"}'`, "'null'", `'"\\u00e9\\\\"'`],
  jsonb: [`'{"b": 1.00, "a": [1e5, null, "x\\"y"], "": {}}'`, "'null'", "'[]'", `'"\\\\"'`],
  jsonpath: [`'$."a"[*] ? (@ > 1)'`],
  xml: [`'<a b="1">x</a>'`, "'plain <b/> content'"],
  tsvector: [`'a:1A fat:2B,4C ''it''''s'' "q'`],
  tsquery: ["'fat & (rat | !cat:AB)'"],
};

const TIMES: Values = {
  date: ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'2024-02-29'"],
  time: ["'00:00:00'", "'24:00:00'", "'23:59:59.999999'"],
  timetz: ["'00:00:00+15:59'", "'24:00:00-15:59'", "'12:34:56.789+05:30'"],
  timestamp: ["'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"],
  timestamptz: [
    "'infinity'",
    "'-infinity'",
    "'4713-01-02 00:00:00+00 BC'",
    "'294276-12-31 23:59:59.999999+00'",
    "'2024-03-31 02:30:00+01'",
  ],
  'timestamptz(3)': ["'2024-03-31 02:30:00.123456+01'"],
  interval: [
    "'-1 year -2 mons +3 days -04:05:06.789'",
    "'infinity'",
    "'-infinity'",
    "'178000000 years'",
    "'1 mon -1 day'",
    "'-00:00:00.000001'",
  ],
  'interval day to second': ["'-3 days 04:05:06'"],
};

const OTHERS: Values = {
  inet: ["'192.168.0.1/24'", "'10.0.0.1'", "'::ffff:1.2.3.4/128'"],
  cidr: ["'192.168.0.0/24'", "'::/0'"],
  macaddr: ["'08:00:2b:01:02:03'"],
  macaddr8: ["'08:00:2b:01:02:03:04:05'"],
  'bit(5)': ["B'10101'"],
  'bit varying(20)': ["B''", "B'1'"],
  point: ["'(1.5,-0)'", "'(NaN,Infinity)'"],
  line: ["'{1,2,3}'"],
  lseg: ["'[(0,0),(1,1)]'"],
  box: ["'((1,1),(0,0))'"],
  path: ["'[(0,0),(1,1)]'", "'((0,0),(1,1),(2,0))'"],
  polygon: ["'((0,0),(1,1),(2,0))'"],
  circle: ["'<(0,0),2>'"],
  int4range: ["'empty'", "'[1,10)'", "'(,)'", "'[5,]'"],
  numrange: ["'(1.10,2.0]'", "'[NaN,NaN]'"],
  tstzrange: [`'["2024-01-01 00:00:00+00",infinity)'`],
  int8multirange: ["'{}'", "'{[1,3),[7,9)}'"],
  datemultirange: ["'{[2024-01-01,2024-02-01)}'"],
  oid: ['4294967295'],
  regclass: ["'pg_class'"],
  regtype: ["'integer[]'"],
  regproc: ["'pg_backend_pid'"],
  pg_lsn: ["'0/0'", "'FFFFFFFF/FFFFFFFF'"],
  xid: ["'4294967295'"],
  xid8: ["'18446744073709551615'"],
  cid: ["'7'"],
  tid: ["'(4294967295,65535)'"],
  pg_snapshot: ["'10:20:10,14,15'"],
  int2vector: ["'1 2 3'", "''"],
  oidvector: ["'23 25'"],
  aclitem: ["'postgres=r/postgres'"],
  'int4[]': ["'{}'", "'{1,NULL,3}'", "'[2:3][-1:0]={{1,2},{3,4}}'"],
  'text[]': [`'{"a,b","c\\"d","\\\\\\\\",NULL,"NULL",""}'`, "'{}'", "'{{a,b},{c,d}}'"],
  'bytea[]': ["ARRAY['\\x00', NULL, '\\x5c22']::bytea[]"],
  'box[]': ["'{(1,1),(0,0);(2,2),(1,1)}'"],
  'float8[]': ["'{NaN,-Infinity,-0}'"],
  'timestamptz[]': [`'{infinity,"2024-01-01 00:00:00+00"}'`],
  'jsonb[]': [`ARRAY['{"a": [1, 2]}', 'null', NULL]::jsonb[]`],
  'int4range[]': [`'{"[1,5)",empty,NULL}'`],
};

const SCALARS: Values = { ...NUMBERS, ...TEXTS, ...TIMES, ...OTHERS };

const OWN_TYPES = (s: string): string => `
  CREATE TYPE ${s}.mood AS ENUM ('good', 'so, "so"', 'NULL', '');
  CREATE TYPE ${s}.pair AS (a int, b text);
  CREATE TYPE ${s}.nested AS (p ${s}.pair, xs int[]);
  CREATE DOMAIN ${s}.positive AS int CHECK (VALUE > 0);
  CREATE DOMAIN ${s}.tags AS text[];
  CREATE DOMAIN ${s}.pairs AS ${s}.pair CHECK ((VALUE).a > 0);
  CREATE TYPE ${s}.span AS RANGE (subtype = float8);
  CREATE DOMAIN ${s}.code AS varchar(5) NOT NULL DEFAULT 'x'`;

const own = (s: string): Values => ({
  [`${s}.mood`]: ["'good'", `'so, "so"'`, "'NULL'", "''"],
  [`${s}.mood[]`]: [`ARRAY['good', NULL, 'so, "so"', 'NULL']::${s}.mood[]`],
  [`${s}.pair`]: [
    `ROW(1, 'a,"b')::${s}.pair`,
    `ROW(NULL, NULL)::${s}.pair`,
    `ROW(2, '')::${s}.pair`,
    `ROW(3, NULL)::${s}.pair`,
  ],
  [`${s}.pair[]`]: [`ARRAY[ROW(1, 'x\\y')::${s}.pair, NULL]`],
  [`${s}.nested`]: [`ROW(ROW(1, '"')::${s}.pair, ARRAY[1, NULL])::${s}.nested`],
  [`${s}.positive`]: ['1', '5'],
  [`${s}.positive[]`]: [`ARRAY[1, 2]::${s}.positive[]`],
  [`${s}.tags`]: ["'{a,NULL}'", "'{}'"],
  [`${s}.tags[]`]: [`ARRAY['{a}', '{b,c}']::${s}.tags[]`],
  [`${s}.pairs`]: [`ROW(1, 'd')::${s}.pair`],
  [`${s}.span`]: ["'[1.5,2.5)'", "'empty'"],
  [`${s}.code`]: ["'Abc'"],
});

/** A table for each type by key, and one as a whole; rows come, change and go. */
function tablesOf(s: string, types: Values): Omit<Workload, 'name'> {
  const before: string[] = [];
  const work: string[] = [];
  for (const [index, [type, values]] of Object.entries(types).entries()) {
    const rows = values.map((value, at) => `(${at}, ${value}, ${value})`).join(', ');
    const last = type.endsWith('.code') ? values[0] : 'NULL';
    for (const kind of ['keyed', 'whole']) {
      const table = `${s}.${kind}_${index}`;
      before.push(
        `CREATE TABLE ${table} (id int${kind === 'keyed' ? ' PRIMARY KEY' : ''}, v ${type}, w ${type})`,
      );
      work.push(
        `INSERT INTO ${table} VALUES ${rows}; INSERT INTO ${table} SELECT id + 100, v, w FROM ${table};
         INSERT INTO ${table} VALUES (999, ${values[0]}, ${last})`,
        `UPDATE ${table} SET w = ${values.at(-1)} WHERE id < 50; UPDATE ${table} SET id = id + 1000 WHERE id >= 100;
         DELETE FROM ${table} WHERE id = 1100`,
      );
    }
  }
  return { before, work };
}

const KEYS = [
  'bool int8 float8 numeric text varchar(20) char(6) bpchar "char" name bytea timestamptz interval uuid jsonb inet bit(5)',
  'tsvector int4range int4[] text[] pg_lsn tid',
].flatMap((line) => line.split(' '));

function keysOf(s: string): Omit<Workload, 'name'> {
  const types = Object.entries(SCALARS).filter(([type]) => KEYS.includes(type));
  return {
    before: types.map(([type], index) => `CREATE TABLE ${s}.k${index} (k ${type} PRIMARY KEY, v int)`),
    work: types.flatMap(([, values], index) => [
      `INSERT INTO ${s}.k${index} VALUES ${values.map((value, at) => `(${value}, ${at})`).join(', ')}
         ON CONFLICT DO NOTHING`,
      `UPDATE ${s}.k${index} SET v = v + 1`,
      `UPDATE ${s}.k${index} SET v = v + 1; DELETE FROM ${s}.k${index} WHERE v = 3`,
    ]),
  };
}

export const TYPES: readonly ((s: string) => Workload)[] = [
  (s) => ({ name: 'values of every built-in type', ...tablesOf(s, SCALARS) }),
  (s) => {
    const { before, work } = tablesOf(s, own(s));
    return { name: 'enums, composites, domains and ranges', before: [OWN_TYPES(s), ...before], work };
  },
  (s) => ({ name: 'keys of many types', ...keysOf(s) }),
];
