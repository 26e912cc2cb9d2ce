export {
  type Credential,
  type Login,
  type PostgresServer as TestPostgres,
  type ServerOptions as PostgresOptions,
  SUPERUSER,
  startServer as startPostgres,
} from '../../local/postgres/server';
