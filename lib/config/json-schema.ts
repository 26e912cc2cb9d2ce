import { z } from 'zod';
import { platformSchema } from './schema/platform';
import { describeAllowed } from './schema-walk';

/**
 * JSON Schema of the platform file, for editors. Draft 7, because that is what the YAML language server reads.
 * It says what a person may write; the rules between fields are checked at synth.
 */
export function platformJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(platformSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // Editors that know the keyword show our words in place of a regular expression.
      if (zodSchema instanceof z.ZodString && 'pattern' in jsonSchema) {
        Object.assign(jsonSchema, { patternErrorMessage: `allowed: ${describeAllowed(zodSchema)}` });
      }
    },
  });
  return { ...schema, title: 'Holdfast platform file' };
}
