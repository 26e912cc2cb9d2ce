/** What takes long; `npm run test:slow` runs it. None of it looks at a clock, so that it may run beside anything else. */
const SLOW = '\\.slow\\.test\\.ts$';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [SLOW],
  transform: {
    // Packages are loaded when they are used first: most test files that reach the CDK or an SDK need little of it.
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs', lazy: true },
      },
    ],
  },
  testEnvironment: '<rootDir>/test/support/run/environment.ts',
  runtime: '<rootDir>/test/support/run/runtime.cjs',
  globalSetup: '<rootDir>/test/support/run/begin.ts',
  globalTeardown: '<rootDir>/test/support/run/end.ts',
  reporters: ['default', '<rootDir>/test/support/run/load-rows-reporter.cjs'],
  testTimeout: 60_000,
  // Many tests wait for servers and for leases to end: a third worker uses what two leave of two cores.
  maxWorkers: 3,
  // A worker keeps what its test files have loaded; a new one is quicker than the garbage collection of an old one.
  workerIdleMemoryLimit: '700MB',
};
