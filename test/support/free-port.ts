export { freePort } from '../../local/postgres/free-port';
