import type { Revision } from '../ports';
import { numberIn } from '../revision-number';

/** What somebody wants to go back to: the one before, a number of a region, or an image by its tag or digest. */
export type Wish =
  | { readonly kind: 'previous' }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'image'; readonly reference: string };

/** @param text `previous`, `12`, `1.4.2`, `backend:1.4.2` or `sha256:...` */
export function wishIn(text: string): Wish {
  if (text === 'previous') return { kind: 'previous' };
  return /^\d{1,9}$/.test(text)
    ? { kind: 'number', number: Number(text) }
    : { kind: 'image', reference: text };
}

/** The revision that is meant, or a sentence that says why there is none. */
export type Chosen = { readonly revision: Revision } | { readonly sentence: string };

/**
 * Which of a region's revisions is meant.
 * @param known newest first
 * @param present ARN of the one that the service runs, or is on its way to
 */
export function choose(wish: Wish, known: readonly Revision[], present: string, where: string): Chosen {
  if (known.length === 0) return { sentence: `${where} has no revision that can be started.` };
  const revision = found(wish, known, present);
  if (!revision) return { sentence: `${missing(wish)} in ${where}; there are ${listed(known)}.` };
  return { revision };
}

function found(wish: Wish, known: readonly Revision[], present: string): Revision | undefined {
  switch (wish.kind) {
    case 'previous': {
      const now = numberIn(present);
      return known.find(({ number }) => number < now);
    }
    case 'number':
      return known.find(({ number }) => number === wish.number);
    case 'image':
      return known.find(({ image }) => isImage(image, wish.reference));
  }
}

const isImage = (image: string, reference: string): boolean =>
  image === reference || [':', '@', '/'].some((mark) => image.endsWith(`${mark}${reference}`));

function missing(wish: Wish): string {
  switch (wish.kind) {
    case 'previous':
      return 'There is no revision before the present one';
    case 'number':
      return `There is no revision ${wish.number} that can be started`;
    case 'image':
      return `There is no revision with the image ${wish.reference}`;
  }
}

const listed = (known: readonly Revision[]): string =>
  known.map(({ number, image }) => `${number} (${image})`).join(', ');

/**
 * The revision of another region that stands for `model`: of those with the same image the one that was registered
 * nearest to it in time. The regions number their revisions each for itself.
 */
export function counterpart(model: Revision, known: readonly Revision[], where: string): Chosen {
  const same = known.filter(({ image }) => image === model.image);
  const away = ({ registeredMs }: Revision): number =>
    Math.abs((registeredMs ?? 0) - (model.registeredMs ?? 0));
  const [nearest] = [...same].sort((a, b) => away(a) - away(b) || b.number - a.number);
  if (nearest) return { revision: nearest };
  return {
    sentence: `${where} has no revision with ${model.image} that can be started. Roll back one region alone, by its own numbers: --region home or --region standby.`,
  };
}
