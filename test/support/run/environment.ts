import vm from 'node:vm';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Runs the test files of a worker in the realm of the worker itself, one after another, where Jest would give each a realm
 * of its own. So what `runtime.cjs` loads once for all of them is made of the same `Error` and `Array` as the tests are:
 * `instanceof` holds, as it does in production. What a file changes of the globals or of `process.env` ends with it; what is
 * new among the globals stays, because the CDK keeps the tokens of its constants there.
 *
 * Time is a port in this project (`Clock`), so that Jest's false timers are not offered.
 */

/** Contexts in whose place the realm of the worker is used. */
const ours = new WeakSet<object>();
const compileFunction = vm.compileFunction;
// Jest has no setting for the realm in which it compiles a module; it is asked for here, for nobody else's contexts.
vm.compileFunction = (code, names, options) =>
  compileFunction(
    code,
    names,
    options?.parsingContext && ours.has(options.parsingContext)
      ? { ...options, parsingContext: undefined }
      : options,
  );

export default class OneRealm extends TestEnvironment {
  private readonly globals = Object.getOwnPropertyDescriptors(globalThis);
  private readonly variables = { ...process.env };

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    if (this.context) ours.add(this.context);
    this.global = globalThis as unknown as typeof this.global;
    this.fakeTimers = null;
    this.fakeTimersModern = null;
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    Object.defineProperties(globalThis, this.globals);
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
  }
}
