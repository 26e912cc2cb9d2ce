import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolViolated } from '../../../../lambda/wal-archive/walsender/errors';
import { FrameCutter } from '../../../../lambda/wal-archive/walsender/frames';
import { refusal, statusUpdate } from '../../../../lambda/wal-archive/walsender/protocol';

function framed(kind: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const log = (message: Uint8Array): Buffer =>
  framed('d', Buffer.concat([Buffer.from('w'), Buffer.alloc(24), message]));

function keepalive(walEnd: bigint, replyRequested: boolean): Buffer {
  const content = Buffer.alloc(18);
  content.write('k');
  content.writeBigUInt64BE(walEnd, 1);
  content.writeUInt8(Number(replyRequested), 17);
  return framed('d', content);
}

/** What a server says, and what of it are messages of the plug-in. */
const said = fc.array(
  fc.oneof(
    fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((message) => ({ bytes: log(message), message, walEnd: 0n })),
    fc
      .bigInt({ min: 1n, max: 1n << 40n })
      .map((walEnd) => ({ bytes: keepalive(walEnd, false), message: undefined, walEnd })),
    fc
      .uint8Array({ maxLength: 20 })
      .map((content) => ({ bytes: framed('N', content), message: undefined, walEnd: 0n })),
  ),
  { maxLength: 40 },
);

describe('cutting what arrives', () => {
  it('finds the same messages wherever the chunks end', () => {
    fc.assert(
      fc.property(said, fc.integer({ min: 1, max: 90 }), (all, size) => {
        const bytes = Buffer.concat(all.map((one) => one.bytes));
        const cutter = new FrameCutter();
        const found: Buffer[] = [];
        let walEnd = 0n;
        let others = 0;
        for (let at = 0; at < bytes.length; at += size) {
          const frames = cutter.push(bytes.subarray(at, at + size));
          if (!frames) continue;
          for (let one = 0; one < frames.bounds.length; one += 2) {
            found.push(frames.bytes.subarray(frames.bounds[one], frames.bounds[one + 1]));
          }
          if (frames.walEnd > walEnd) walEnd = frames.walEnd;
          others += frames.others.length;
        }
        const expected = all.flatMap(({ message }) => (message ? [Buffer.from(message)] : []));
        expect(found).toEqual(expected);
        expect(walEnd).toBe(all.reduce((most, one) => (one.walEnd > most ? one.walEnd : most), 0n));
        expect(others).toBe(all.filter(({ bytes: [kind] }) => kind === 'N'.charCodeAt(0)).length);
      }),
    );
  });

  it('says when the server wants an answer', () => {
    expect(new FrameCutter().push(keepalive(7n, true))).toMatchObject({ walEnd: 7n, replyRequested: true });
  });

  it('refuses what is no message of the protocol', () => {
    const short = Buffer.from([0x64, 0, 0, 0, 3]);
    expect(() => new FrameCutter().push(short)).toThrow(ProtocolViolated);
    expect(() => new FrameCutter().push(framed('d', Buffer.from('x123')))).toThrow(
      'copied data of kind 120 with 4 bytes',
    );
    expect(() => new FrameCutter().push(framed('d', Buffer.from('k')))).toThrow(ProtocolViolated);
  });
});

describe('what is said to the server', () => {
  it('confirms what is durable, and only shows what was received', () => {
    const update = statusUpdate({
      written: 300n,
      flushed: 200n,
      nowMs: 946_684_800_001,
      replyRequested: true,
    });
    expect(update.subarray(0, 6).toString('latin1')).toBe('d\0\0\0&r');
    expect([6, 14, 22, 30].map((at) => update.readBigInt64BE(at))).toEqual([300n, 200n, 200n, 1_000n]);
    expect(update[38]).toBe(1);
  });

  it('is answered with the code and the words of PostgreSQL', () => {
    const error = refusal(Buffer.from('SERROR\0C55006\0Mit is in use\0Dby 7\0\0'));
    expect(error.code).toBe('55006');
    expect(error.message).toBe('PostgreSQL refused it: it is in use (by 7) (55006).');
  });
});
