import type { Path } from '../../config/problem';
import type { YamlFile } from './yaml-file';

/** Where things stand, over all files that were read. */
export class Places {
  readonly #files: YamlFile[] = [];

  /** @param main name of the file that is meant where nothing else is */
  constructor(readonly main: string) {}

  add(file: YamlFile): void {
    this.#files.push(file);
  }

  /** @returns the file that says most of the path, the latest of equals, and the line of what it says */
  at(path: Path): { readonly file: string; readonly line: number } {
    let best = { file: this.main, line: 1, depth: 0 };
    for (const file of this.#files) {
      const { line, depth } = file.find(path);
      if (depth > 0 && depth >= best.depth) best = { file: file.name, line, depth };
    }
    return { file: best.file, line: best.line };
  }

  /** Position of a file in the order of reading; others come last. */
  rank(name: string): number {
    const index = this.#files.findIndex((file) => file.name === name);
    return index < 0 ? this.#files.length : index;
  }
}
