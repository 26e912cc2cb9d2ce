#!/usr/bin/env node
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// npm has checked the version of Node against `engines`; the SDK would warn of a later year at every command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// The sources are TypeScript and run as they are. tsx would otherwise read the tsconfig.json of the folder in which
// the command happens to be called.
process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
// Registered for the whole process: under a name of its own tsx would compile each file anew at each command.
const { register } = await import('tsx/cjs/api');
register();
delete process.env.TSX_TSCONFIG_PATH;
createRequire(import.meta.url)('./holdfast.ts');
