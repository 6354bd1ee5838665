#!/usr/bin/env node
/** Starts the command, or says which Node.js it needs: an older one couldn't even load it. */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import * as path from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiling takes half of the processor time of a start. It is kept where other tools keep what they can make again. An app that is
  // synthesized finds the variable. Functions don't: their environments are as new as those of Lambda.
  const packages = path.resolve('node_modules');
  if (existsSync(packages)) {
    process.env['NODE_COMPILE_CACHE'] ??= path.join(packages, '.cache', 'cdk-local-stack');
    nodeModule.enableCompileCache(process.env['NODE_COMPILE_CACHE']);
  }
  await import('./main.ts');
} else {
  console.error(`✗ cdk-local-stack needs Node.js 22.18 or later, and this is ${process.versions.node}.`);
  process.exitCode = 1;
}
