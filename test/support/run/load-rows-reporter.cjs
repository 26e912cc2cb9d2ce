// Jest loads reporters as they are, without the transformation of the tests.
module.exports = require('tsx/cjs/api').require('./rows-reporter.ts', __filename).default;
