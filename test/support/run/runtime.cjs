const { createRequire } = require('node:module');
const { default: Runtime } = require('jest-runtime');

/**
 * Packages that a worker loads once and not for each of its test files: loading the CDK took longer than most files that
 * use it. None of them keeps anything that one file could leave to the next.
 */
const SHARED =
  /^(aws-cdk-lib|constructs|cdk-nag|@aws-cdk|@aws-sdk|@smithy|@grafana|@inquirer|commander|esbuild|fast-check|pg|yaml|zod)(\/|$)/;

/** Jest's own way to load modules, but for those packages. It needs the environment beside this file. */
module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return SHARED.test(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};
module.exports.default = module.exports;
