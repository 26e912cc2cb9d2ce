import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A stack as it was synthesized. */
export interface SynthesizedStack {
  readonly name: string;
  readonly region: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly environment?: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

/** Reads the stacks of a cloud assembly, in its order. */
export function readAssembly(directory: string): SynthesizedStack[] {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { environment, properties }]) => {
      const file = properties?.templateFile;
      const region = environment?.split('/').at(-1);
      if (file === undefined || region === undefined) throw new Error(`${id} has no template or no region.`);
      const template = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
        Resources?: Record<string, TemplateResource>;
      };
      return { name: properties?.stackName ?? id, region, resources: template.Resources ?? {} };
    });
}
