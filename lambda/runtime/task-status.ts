import { get } from 'node:http';

/**
 * Asks a task by plain HTTP, as the balancer asks it too: within the VPC, from group to group, by a connection of its own.
 * @returns the status code of the answer; rejects if there is none in time
 */
export const taskStatus = (host: string, port: number, path: string, timeoutMs: number): Promise<number> =>
  new Promise((done, failed) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = get({ host, port, path, signal, agent: false }, (response) => {
      response.on('error', () => undefined);
      response.resume();
      done(response.statusCode ?? 0);
    });
    request.on('error', failed);
  });
