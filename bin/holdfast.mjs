#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

// The sources are TypeScript and run as they are. tsx would otherwise read the tsconfig.json of the folder in which
// the command happens to be called.
process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
const { require: load } = await import('tsx/cjs/api');
delete process.env.TSX_TSCONFIG_PATH;
load('./holdfast.ts', import.meta.url);
