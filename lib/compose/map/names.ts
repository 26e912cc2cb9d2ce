/** Lower-case letters, digits and single hyphens, starting with a letter, as names of a platform file are. */
export function slugOf(text: string, longest: number, fallback: string): string {
  const slug = text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return slug === '' ? fallback : slug;
}

/** Gives names of which each is given once. */
export class Names {
  readonly #given = new Set<string>();

  constructor(
    private readonly longest: number,
    private readonly fallback: string,
    taken: readonly string[] = [],
  ) {
    for (const name of taken) this.#given.add(name);
  }

  /** @returns the slug of a text, with a number behind it if it is given already */
  give(text: string): string {
    const slug = slugOf(text, this.longest, this.fallback);
    let name = slug;
    for (let i = 2; this.#given.has(name); i++) {
      const ending = `-${i}`;
      name = `${slug.slice(0, this.longest - ending.length).replace(/-+$/, '')}${ending}`;
    }
    this.#given.add(name);
    return name;
  }
}
