import { type SqlStatement, statementsOf } from './statements';

/**
 * Finds the statement that a message is about in the query that the client sent.
 * @param ordinal the how manyth command it is of those that PostgreSQL's event `ddl_command_end` knows, from 1
 * @param tag the command tag, for example `CREATE TABLE`
 * @returns undefined if none of the statements is certain to be it
 */
export function pickStatement(query: string, ordinal: number, tag: string): string | undefined {
  const statements = statementsOf(query);
  const [only, ...others] = statements;
  if (only && others.length === 0) return only.text;
  const nth = statements.filter(isDefinition)[ordinal - 1];
  return nth && hasTag(nth, tag) ? nth.text : undefined;
}

const VERBS = ['create', 'alter', 'drop', 'comment', 'grant', 'revoke', 'refresh', 'reindex', 'import'];
/** What belongs to the whole server fires no event. */
const OF_THE_SERVER = ['database', 'role', 'user', 'group', 'tablespace', 'system', 'parameter'];
/** What may stand between the verb and what it is about. */
const BETWEEN = [
  'or',
  'replace',
  'temp',
  'temporary',
  'local',
  'global',
  'unlogged',
  'unique',
  'constraint',
  'recursive',
  'trusted',
  'procedural',
];

const wordsOf = ({ outer }: SqlStatement): readonly string[] => outer.map(({ text }) => text.toLowerCase());

/** Verb and object, without what may stand between them. */
function headOf(statement: SqlStatement): readonly string[] {
  const [verb = '', ...rest] = wordsOf(statement);
  if (verb !== 'create' && verb !== 'drop') return [verb, ...rest];
  const start = rest.findIndex(
    (word, index) => !BETWEEN.includes(word) && !(word === 'default' && rest[index + 1] === 'conversion'),
  );
  return [verb, ...rest.slice(start)];
}

/** @returns whether the event `ddl_command_end` fires after it */
export function isDefinition(statement: SqlStatement): boolean {
  const [verb = '', object = '', next = ''] = headOf(statement);
  const words = wordsOf(statement);
  switch (verb) {
    case 'select':
    case 'with':
    case 'values':
      return words.includes('into') && !words.includes('insert') && !words.includes('merge');
    case 'security':
      return object === 'label' && !OF_THE_SERVER.includes(words[words.indexOf('on') + 1] ?? '');
    case 'comment':
      return !OF_THE_SERVER.includes(next) && !(next === 'event' && words[3] === 'trigger');
    case 'grant':
    case 'revoke':
      return grantsOnObjects(words);
    default:
      return VERBS.includes(verb) && !isOfTheServer(object, next);
  }
}

const isOfTheServer = (object: string, next: string): boolean =>
  (OF_THE_SERVER.includes(object) && !(object === 'user' && next === 'mapping')) ||
  (object === 'event' && next === 'trigger');

/** Membership in a role has no ON. */
function grantsOnObjects(words: readonly string[]): boolean {
  const on = words.indexOf('on');
  return on > 0 && !['database', 'tablespace', 'parameter'].includes(words[on + 1] ?? '');
}

/** @returns whether a statement can have a command tag */
export function hasTag(statement: SqlStatement, tag: string): boolean {
  const head = headOf(statement);
  const words = wordsOf(statement);
  if (tag === 'SELECT INTO') return words.includes('into') && head[0] !== 'create';
  if (tag === 'CREATE TABLE AS') return head[0] === 'create' && head[1] === 'table' && words.includes('as');
  return tag
    .toLowerCase()
    .split(' ')
    .every((word, index) => head[index] === word);
}
