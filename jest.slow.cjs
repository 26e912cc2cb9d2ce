/**
 * The tests that take long: searches through many random platforms, histories and faults, and those that deploy or start
 * processes over and over. Nothing in them looks at a clock.
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('./jest.config.cjs'),
  testMatch: ['<rootDir>/test/**/*.slow.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 2,
};
