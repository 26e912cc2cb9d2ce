import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { field, MalformedSecret, nameOfSecret, parseFields } from '../../../lambda/runtime/secret-fields';
import { kindOf, UnknownKind } from '../../../lambda/secret-rotation/kinds';
import { randomValue } from '../../../lambda/secret-rotation/random';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import { type Rotation, rotate, STEPS } from '../../../lambda/secret-rotation/rotate';
import { countingRandomness, FakeSecret } from './fakes';

const SECRET = 'shop/token';
const event = (step: string, version = 'v2') => ({
  Step: step,
  SecretId: SECRET,
  ClientRequestToken: version,
});
const silent = (): void => undefined;
const random = (): Rotation => randomValue(SECRET, countingRandomness());

describe('a rotation', () => {
  it('makes the pending value the current one by its four steps', async () => {
    const secret = new FakeSecret({ value: 'old', note: 'kept' });
    secret.begin('v2');
    for (const step of STEPS) await rotate(event(step), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'Made1'.padEnd(48, 'x'), note: 'kept' });
    expect(secret.stages.get('v1')).toEqual(['AWSPREVIOUS']);
  });

  it('is finished by its last step, again when that is repeated: whoever did it first may have died before the restarts', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    const finished: boolean[] = [];
    for (const step of [...STEPS, 'createSecret', 'finishSecret']) {
      finished.push(await rotate(event(step), secret, random(), silent));
    }
    expect(finished).toEqual([false, false, false, true, false, true]);
  });

  it('leaves the current value alone until its last step', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    for (const step of STEPS.slice(0, 3)) {
      await rotate(event(step), secret, random(), silent);
      expect(secret.current).toEqual({ value: 'old' });
    }
  });

  it('ends the same however often each step is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
        async (times) => {
          const secret = new FakeSecret({ value: 'old' });
          secret.begin('v2');
          const rotation = random();
          for (const [index, step] of STEPS.entries()) {
            for (let time = 0; time < (times[index] ?? 1); time += 1)
              await rotate(event(step), secret, rotation, silent);
          }
          expect(secret.current).toEqual({ value: 'Made1'.padEnd(48, 'x') });
        },
      ),
    );
  });

  it('keeps a pending value that an earlier start made, because it may be in force already', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    secret.values.set('v2', JSON.stringify({ value: 'made before' }));
    for (const step of STEPS) await rotate(event(step), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'made before' });
  });

  it('does nothing for a version that is the current one already', async () => {
    const secret = new FakeSecret({ value: 'old' });
    for (const step of STEPS) await rotate(event(step, 'v1'), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'old' });
    expect(secret.values.size).toBe(1);
  });

  it('refuses what is no rotation under way', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.stages.set('v0', ['AWSPREVIOUS']);
    const refusals: readonly (readonly [string, string, string])[] = [
      ['createSecret', 'v9', 'it has no version v9'],
      ['createSecret', 'v0', 'the version v0 is not the pending one'],
      ['deleteSecret', 'v1', 'there is no step "deleteSecret"'],
    ];
    for (const [step, version, sentence] of refusals) {
      await expect(rotate(event(step, version), secret, random(), silent)).rejects.toThrow(sentence);
    }
    secret.rotationEnabled = false;
    await expect(rotate(event('createSecret'), secret, random(), silent)).rejects.toThrow('is not enabled');
  });

  it('never makes a version without a value the current one', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    for (const step of STEPS.slice(1)) {
      await expect(rotate(event(step), secret, random(), silent)).rejects.toThrow('has no value yet');
    }
    expect(secret.current).toEqual({ value: 'old' });
  });
});

describe('a secret', () => {
  it('is known by its name, also behind its ARN', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/api-key-AbC123';
    expect(nameOfSecret(arn)).toBe('shop/api-key');
    expect(nameOfSecret('shop/api-key')).toBe('shop/api-key');
    expect(kindOf('{"shop/api-key":"random"}', arn)).toBe('random');
  });

  it('of a kind that is not known is refused', () => {
    expect(() => kindOf('{}', 'shop/x')).toThrow(UnknownKind);
    expect(() => kindOf('{"shop/x":"manual"}', 'shop/x')).toThrow('is not known: "manual"');
    expect(() => kindOf('{}', 'constructor')).toThrow(UnknownKind);
  });

  it('is never quoted when it is malformed', () => {
    for (const text of ['confidential', '"confidential"', '["confidential"]']) {
      const parse = (): unknown => parseFields('shop/x', text);
      expect(parse).toThrow(MalformedSecret);
      expect(parse).not.toThrow(/confidential/);
    }
    expect(() => field('shop/x', { password: 7 }, 'password')).toThrow('its field password is no text');
  });

  it('is made of letters and digits of a cryptographic source', () => {
    expect(systemRandomness.password(64)).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(systemRandomness.password(64)).not.toBe(systemRandomness.password(64));
    expect(systemRandomness.bytes(16)).toHaveLength(16);
  });
});
