import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { HoldfastError } from './errors';

/** A PUT had no answer in time. */
export class PutTimedOut extends HoldfastError {
  constructor(readonly timeoutMs: number) {
    super(`The PUT had no answer within ${timeoutMs / 1000} s.`);
  }
}

/**
 * Sends `body` by HTTP PUT. The empty content type is part of what CloudFormation's signed URL signs.
 * @returns the status code of the answer
 * @throws {PutTimedOut}, or the error of the connection
 */
export function put(url: string, body: string, timeoutMs: number): Promise<number> {
  const target = new URL(url);
  const send = target.protocol === 'http:' ? http : https;
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = send(target, { method: 'PUT', headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    const timer = setTimeout(() => request.destroy(new PutTimedOut(timeoutMs)), timeoutMs);
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.end(body);
  });
}
