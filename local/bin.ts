#!/usr/bin/env node
/** Starts the command, or says which Node.js it needs: an older one couldn't even load it. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) await import('./main.ts');
else {
  console.error(`✗ cdk-local-stack needs Node.js 22.18 or later, and this is ${process.versions.node}.`);
  process.exitCode = 1;
}
