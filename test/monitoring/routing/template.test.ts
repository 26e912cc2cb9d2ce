import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../lib/monitoring/alerts/catalogue';
import { ALERTS_MAX, ANNOTATION_MAX, LABEL_MAX } from '../../../lib/monitoring/routing/template';

const SNS_BYTES_MAX = 256 * 1024;
/** Names that an alert may carry: those of the rules, and what is left of a series. */
const LABELS = 12;
const ANNOTATIONS = 4;
/** Bytes of JSON for one character of a text as people write it, with its escapes. */
const BYTES_OF_A_CHARACTER = 2;

describe('the message of the alert manager', () => {
  it('cuts no text of the catalogue', () => {
    const long = CATALOGUE.filter(
      ({ summary, description }) => Math.max(summary.length, description.length) > ANNOTATION_MAX - 100,
    );
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it('fits SNS when every label and annotation is as long as it may be', () => {
    const characters = 2 * ALERTS_MAX * (LABELS * LABEL_MAX + ANNOTATIONS * ANNOTATION_MAX);
    expect(characters * BYTES_OF_A_CHARACTER).toBeLessThan(SNS_BYTES_MAX);
  });
});
