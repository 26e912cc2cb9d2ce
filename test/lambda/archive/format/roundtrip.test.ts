import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messagesIn } from '../../../../lambda/archive/format/frames';
import { openHeader, openIndex, openSegment } from '../../../../lambda/archive/format/open';
import { CHAIN, writeChain } from '../support/chain';
import { memoryStore } from '../support/memory-store';
import { arbitraryTransactions, changesOf } from '../support/transactions';
import { wireOf } from '../support/wire';

describe('a segment', () => {
  it('gives back what was written, and says of itself what the writer said', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryTransactions,
        fc.integer({ min: 1, max: 4 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        async (transactions, most, changes) => {
          const cutting = { transactions: most, ...(changes === undefined ? {} : { changes }) };
          const written = await writeChain(memoryStore(), CHAIN, transactions, cutting);
          const read: Uint8Array[] = [];
          const xids: number[] = [];
          for (const { key, bytes, header, digest, chainHash } of written) {
            const segment = await openSegment(key, bytes);
            expect(segment).toMatchObject({ header, digest, chainHash });
            expect(await openHeader(key, bytes)).toEqual(segment.header);
            expect(await openIndex(key, bytes)).toEqual(segment.index);
            read.push(...messagesIn(segment.frames));
            xids.push(...segment.index.map(({ xid }) => xid));
          }
          expect(xids).toEqual(transactions.map(({ xid }) => xid));
          const changesRead = read.filter((message) =>
            'IUDTM'.includes(String.fromCharCode(message[0] ?? 0)),
          );
          const sent = transactions.flatMap((one) => changesOf(one).map(wireOf));
          expect(Buffer.concat(changesRead).equals(Buffer.concat(sent))).toBe(true);
          expect(changesRead).toHaveLength(sent.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});
