import { describe, expect, it } from '@jest/globals';
import { conninfoOf, dsnFromEnvironment, dsnFromSecret } from '../../../bin/database-import/server/dsn';

const WHOLE = {
  host: 'db.example.org',
  port: 5433,
  database: 'app',
  username: 'mover',
  password: "p'a\\ss@",
};

describe('where the old server is', () => {
  it('is told by the variables of libpq, encrypted unless they say otherwise', () => {
    const environment = {
      PGHOST: 'db.example.org',
      PGPORT: '5433',
      PGDATABASE: 'app',
      PGUSER: 'mover',
      PGPASSWORD: WHOLE.password,
    };
    expect(dsnFromEnvironment(environment)).toEqual({ ...WHOLE, tls: 'on' });
    expect(dsnFromEnvironment({ ...environment, PGSSLMODE: 'verify-full' }).tls).toBe('verified');
  });

  it.each([
    [`postgresql://mover:${encodeURIComponent(WHOLE.password)}@db.example.org:5433/app?sslmode=disable`],
    [JSON.stringify({ ...WHOLE, dbname: 'app', database: undefined, sslmode: 'disable' })],
  ])('is told by a secret: %s', (text) => {
    expect(dsnFromSecret('old', text)).toEqual({ ...WHOLE, tls: 'off' });
  });

  it.each([
    ['postgresql://mover:hush@db.example.org', 'In the secret old there is no database of the old server.'],
    [
      'mysql://mover:hush@db.example.org/app',
      'The address in the secret old begins with mysql:// and must begin with postgresql://.',
    ],
    ['{"password":"hush"', 'What the secret old holds begins like JSON and is none.'],
    [
      'hush',
      'What the secret old holds is no address such as postgresql://user:password@host:5432/database.',
    ],
    [
      'postgresql://m:hush@h/app?sslmode=prefer',
      'sslmode in the secret old is prefer; allowed: disable, require, verify-ca, verify-full.',
    ],
  ])('is refused without showing a password: %s', (text, message) => {
    const read = () => dsnFromSecret('old', text);
    expect(read).toThrow(message);
    expect(read).not.toThrow('hush');
  });
});

describe('what the subscription keeps', () => {
  it('is one line of libpq, quoted, with the address by which the new server sees the old one', () => {
    const line = conninfoOf({ ...WHOLE, tls: 'on' }, '10.9.8.7:6000');
    expect(line).toBe(
      "host='10.9.8.7' port='6000' dbname='app' user='mover' password='p\\'a\\\\ss@' sslmode='require' application_name='holdfast-import'",
    );
  });
});
