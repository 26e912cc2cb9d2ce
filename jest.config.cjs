/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
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
  globalSetup: '<rootDir>/test/support/run/begin.ts',
  globalTeardown: '<rootDir>/test/support/run/end.ts',
  testTimeout: 60_000,
  maxWorkers: 2,
  // A worker keeps what its test files have loaded; a new one is quicker than the garbage collection of an old one.
  workerIdleMemoryLimit: '700MB',
};
