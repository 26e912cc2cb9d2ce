/**
 * The agent's decisions have no branch that a test does not reach. Only the agent's own tests count, and not those that
 * draw their situations at random, so that no branch is reached by chance.
 */
const DECISIONS = [
  'lambda/region-agent/decide/**/*.ts',
  'lambda/region-agent/limitation.ts',
  'lambda/region-agent/lag.ts',
  'lambda/region-agent/need.ts',
  'lambda/region-agent/memory.ts',
  'lambda/region-agent/situation.ts',
];
const ALL = { branches: 100, functions: 100, lines: 100, statements: 100 };

/** @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.cjs'),
  testMatch: [
    '<rootDir>/test/lambda/region-agent/*.test.ts',
    '<rootDir>/test/lambda/region-agent/decide/*.test.ts',
  ],
  testPathIgnorePatterns: ['/(properties|postgres)\\.test\\.ts$'],
  collectCoverage: true,
  coverageProvider: 'v8',
  coverageReporters: ['text'],
  collectCoverageFrom: DECISIONS,
  coverageThreshold: { global: ALL },
};
