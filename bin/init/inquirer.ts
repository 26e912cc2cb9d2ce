import { Interrupted, type Prompts } from './prompts';

/** Questions on standard error, because standard output is for answers. */
const CONTEXT = { output: process.stderr };

/** The questions of a person's terminal. The library is loaded by the first of them. */
export function inquirerPrompts(): Prompts {
  const library = () => import('@inquirer/prompts');
  return {
    text: async ({ message, default: usual, check }) => {
      const { input } = await library();
      const validate = (answer: string) => check(answer.trim()) ?? true;
      const asked = { message, validate, ...(usual === undefined ? {} : { default: usual }) };
      return (await unlessInterrupted(input(asked, CONTEXT))).trim();
    },
    choose: async ({ message, choices, default: usual }) => {
      const { select } = await library();
      return unlessInterrupted(select({ message, choices: [...choices], default: usual }, CONTEXT));
    },
    confirm: async (question) => {
      const { confirm } = await library();
      return unlessInterrupted(confirm(question, CONTEXT));
    },
  };
}

async function unlessInterrupted<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Interrupted('', { cause: error });
    throw error;
  }
}
