#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

// npm has checked the version of Node against `engines`; the SDK would warn of a later year at every command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// The sources are TypeScript and run as they are. tsx would otherwise read the tsconfig.json of the folder in which
// the command happens to be called.
process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
const { require: load } = await import('tsx/cjs/api');
delete process.env.TSX_TSCONFIG_PATH;
load('./holdfast.ts', import.meta.url);
