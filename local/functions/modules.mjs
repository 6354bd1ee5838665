// @ts-check
import * as fs from 'node:fs';
import { createRequire, isBuiltin, registerHooks } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * From now on the code in these folders, a function's own and its layers, finds the modules that it would find on Lambda: in its own
 * folder, in the layers, and the AWS SDK. Node.js would also look into the folders above, where the project's packages are. The SDK
 * is taken from there, or from where this stack is installed.
 * @param {string} codeDir
 * @param {readonly string[]} layerDirs
 * @param {string} assemblyDir
 * @param {RegExp} ofRuntime What functions can import without bundling it ("Building Lambda functions with Node.js")
 */
export function findAsOnLambda(codeDir, layerDirs, assemblyDir, ofRuntime) {
  const own = [codeDir, ...layerDirs].map((folder) => pathToFileURL(folder + path.sep).href);
  const isOwn = (/** @type {string | undefined} */ url) => own.some((folder) => url?.startsWith(folder));

  /**
   * @param {string} folder
   * @param {string} specifier
   */
  function findFrom(folder, specifier) {
    try {
      return pathToFileURL(createRequire(path.join(folder, 'any.js')).resolve(specifier)).href;
    } catch {
      return undefined;
    }
  }

  /** @param {string} specifier */
  function findElsewhere(specifier) {
    const inLayer = layerDirs.map((folder) => findFrom(path.join(folder, 'nodejs'), specifier)).find(isOwn);
    if (inLayer || !ofRuntime.test(specifier)) return inLayer;
    return findFrom(assemblyDir, specifier) ?? findFrom(path.dirname(fileURLToPath(import.meta.url)), specifier);
  }

  registerHooks({
    resolve(specifier, context, next) {
      const isBare = !/^(\.{0,2}\/|#|[\w+.-]+:)/.test(specifier) && !isBuiltin(specifier);
      if (!isBare || !isOwn(context.parentURL)) return next(specifier, context);
      try {
        const found = next(specifier, context);
        if (isOwn(found.url)) return found;
      } catch (error) {
        if (!/MODULE_NOT_FOUND$/.test(Object(error).code)) throw error;
      }
      const url = findElsewhere(specifier);
      if (url) return { url, shortCircuit: true };
      const [name] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [specifier];
      const why = ofRuntime.test(specifier)
        ? `Lambda's runtime has it. Here it comes from your project: npm install --save-dev ${name}`
        : `It is neither in the function's bundle nor in a layer, so Lambda doesn't find it either.`;
      throw Object.assign(new Error(`Cannot find module '${specifier}'. ${why}`), { code: 'MODULE_NOT_FOUND' });
    },
    load(url, context, next) {
      // A package.json above the assembly may say "type": "module". On Lambda there is none above /var/task.
      if (!isUnmarkedScript(url, codeDir)) return next(url, context);
      return { format: 'commonjs', source: fs.readFileSync(fileURLToPath(url)), shortCircuit: true };
    },
  });
}

/**
 * Tells whether a URL is a `.js` file of the function that has no package.json beside or above it, up to the function's folder.
 * @param {string} url
 * @param {string} codeDir
 */
export function isUnmarkedScript(url, codeDir) {
  if (!url.startsWith('file:') || !url.endsWith('.js')) return false;
  let folder = path.dirname(fileURLToPath(url));
  if (path.relative(codeDir, folder).startsWith('..')) return false;
  for (; folder.startsWith(codeDir); folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json'))) return false;
  }
  return true;
}
