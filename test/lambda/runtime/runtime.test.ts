import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attempt } from '../../../lambda/runtime/attempt';
import { systemClock } from '../../../lambda/runtime/clock';
import { listOf, MissingEnvironment, required } from '../../../lambda/runtime/environment';
import { HoldfastError, nameOf, sentenceOf, TimedOut } from '../../../lambda/runtime/errors';
import { PutTimedOut, put } from '../../../lambda/runtime/http-put';
import { createLog } from '../../../lambda/runtime/log';
import { texts, wholeNumber } from '../../../lambda/runtime/properties';
import { FakeClock } from '../../support/fake-clock';

describe('the environment', () => {
  it('gives the value of each variable under its key', () => {
    expect(required({ TABLE: 't', OTHER: 'o' }, { table: 'TABLE' })).toEqual({ table: 't' });
  });

  it('names every variable that is absent or empty at once', () => {
    const read = (): unknown => required({ B: '', C: 'c' }, { a: 'A', b: 'B', c: 'C' });
    expect(read).toThrow(MissingEnvironment);
    expect(read).toThrow("The function's environment lacks the variables A, B.");
  });

  it('splits a list at commas and drops blanks', () => {
    expect(listOf('us-east-1, us-west-2,,')).toEqual(['us-east-1', 'us-west-2']);
  });
});

describe('an attempt', () => {
  it('gives what the work gives in time, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    await expect(attempt(clock, 3_000, 'It', async () => 7)).resolves.toBe(7);
    expect(clock.waiting).toBe(0);
  });

  it('ends at its time although the work ignores its signal, and has told it to stop', async () => {
    const clock = new FakeClock();
    let told: AbortSignal | undefined;
    const stuck = attempt(clock, 3_000, 'The table', (signal) => {
      told = signal;
      return new Promise<never>(() => undefined);
    });
    const begun = clock.now();
    await expect(clock.run(stuck)).rejects.toThrow(new TimedOut('The table', 3_000));
    expect(clock.now() - begun).toBe(3_000);
    expect(told?.aborted).toBe(true);
  });

  it('keeps no process alive by its timer when the work has ended', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await attempt(systemClock, 3_600_000, 'It', async () => undefined);
    expect(timers()).toBe(before);
  });
});

describe('errors', () => {
  class DoorShut extends HoldfastError {}

  it('carry the name of their class', () => {
    expect(nameOf(new DoorShut('x'))).toBe('DoorShut');
    expect(nameOf('no error')).toBe('');
  });

  it('are told in one line with their causes, each once', () => {
    const foreign = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    const sentence = sentenceOf(new DoorShut('The door\n is shut.', { cause: foreign }));
    expect(sentence).toBe('The door is shut. (ThrottlingException: Rate exceeded)');
    expect(sentenceOf(new Error('a: b', { cause: new Error('b') }))).toBe('a: b');
  });

  it('of a refused connection tell what each address said', () => {
    const refused = new AggregateError([new Error('ECONNREFUSED ::1'), new Error('ECONNREFUSED 127.0.0.1')]);
    expect(sentenceOf(refused)).toContain('ECONNREFUSED ::1; ECONNREFUSED 127.0.0.1');
  });
});

describe('the log', () => {
  it('writes one JSON object a line', () => {
    const lines: string[] = [];
    createLog((line) => lines.push(line))('started', { attempt: 2 });
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ event: 'started', attempt: 2 }]);
  });

  it('hides what is secret by its name, however deep it stands', () => {
    const lines: string[] = [];
    const fields = {
      request: { ResponseURL: 'u1', inner: [{ password: 'p1' }] },
      SecretString: 's1',
      AuthToken: 't1',
    };
    createLog((line) => lines.push(line))('x', fields);
    expect(lines[0]).not.toMatch(/u1|p1|s1|t1/);
  });
});

describe('properties', () => {
  it('are whole numbers also where CloudFormation made a text of them', () => {
    expect(wholeNumber({ Min: '3' }, 'Min', 0)).toBe(3);
    expect(wholeNumber({ Min: 0 }, 'Min', 0)).toBe(0);
    for (const bad of ['', '3.5', '-1', 'x', undefined, null, 1.5]) {
      expect(() => wholeNumber({ Min: bad }, 'Min', 0)).toThrow('The property Min must be a whole number');
    }
  });

  it('are lists of texts that are not empty', () => {
    expect(texts({ Ids: ['a'] }, 'Ids')).toEqual(['a']);
    for (const bad of [[], [''], 'a', [1], undefined])
      expect(() => texts({ Ids: bad }, 'Ids')).toThrow('Ids');
  });
});

describe('the PUT of an answer', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function listen(
    answer: (request: IncomingMessage, body: string) => number | undefined,
  ): Promise<string> {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        const status = answer(request, body);
        if (status !== undefined) response.writeHead(status).end('ok');
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signed=yes`;
  }

  it('sends the body with its length and the empty content type that the signature covers', async () => {
    let seen: unknown;
    const url = await listen((request, body) => {
      const { 'content-type': type, 'content-length': length } = request.headers;
      seen = { method: request.method, url: request.url, type, length, body };
      return 200;
    });
    await expect(put(url, '{"ä":1}', 2_000)).resolves.toBe(200);
    expect(seen).toEqual({
      method: 'PUT',
      url: '/answer?signed=yes',
      type: '',
      length: '8',
      body: '{"ä":1}',
    });
  });

  it('gives up on a server that does not answer', async () => {
    const url = await listen(() => undefined);
    await expect(put(url, '{}', 50)).rejects.toThrow(PutTimedOut);
  });

  it('fails where nobody listens', async () => {
    await expect(put('http://127.0.0.1:1/', '{}', 2_000)).rejects.toThrow('ECONNREFUSED');
  });
});
