// @ts-check
/**
 * Runs in a worker thread and does what AWS's Node.js runtime does in an execution environment. It is plain JavaScript, because
 * stripping types would cost each worker 12 MB and 25 ms.
 */
import { subscribe } from 'node:diagnostics_channel';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { pathToFileURL } from 'node:url';
import * as util from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { keepFromAws } from './aws-hosts.mjs';
import { findAsOnLambda, isUnmarkedScript } from './modules.mjs';

/** @type {import('./messages.ts').Startup} */
const startup = workerData;
const { callbacks } = startup;
const codeDir = fs.realpathSync(startup.codeDir);
let requestId = '';

/** @param {import('./messages.ts').Message} message */
const send = (message) => parentPort?.postMessage(message);

const trueNow = Date.now;
if (startup.clockMs !== 0) {
  const now = () => trueNow() + startup.clockMs;
  globalThis.Date = new Proxy(Date, {
    construct: (Real, given, target) => Reflect.construct(Real, given.length > 0 ? given : [now()], target),
    apply: (Real) => new Real(now()).toString(),
    get: (Real, key) => (key === 'now' ? now : Reflect.get(Real, key)),
  });
}

// A fault may want to know who has opened a connection.
subscribe('net.client.socket', (message) => {
  const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
  socket.once('connect', () => send({ type: 'port', port: socket.localPort ?? 0 }));
});

/**
 * @param {unknown} error
 * @param {string} [type]
 */
function describe(error, type) {
  if (!util.types.isNativeError(error)) {
    return JSON.stringify({ errorType: type ?? typeof error, errorMessage: String(error), trace: [] });
  }
  const errorMessage = type === undefined ? error.message : String(error);
  return JSON.stringify({ errorType: type ?? error.name, errorMessage, trace: error.stack?.split('\n') ?? [] });
}

/**
 * @param {unknown} error
 * @param {string} type
 */
function giveUp(error, type) {
  send({ type: 'fatal', error: describe(error, type) });
  process.exit(1);
}
process.on('uncaughtException', (error) => giveUp(error, error.name));
process.on('unhandledRejection', (reason) => giveUp(reason, 'Runtime.UnhandledPromiseRejection'));

// As messages like all others, because a stream between threads takes two more messages for each line.
for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
  const decoder = new StringDecoder();
  process[stream]._writev = (chunks, done) => {
    const texts = chunks.map(({ chunk }) => (typeof chunk === 'string' ? chunk : decoder.write(chunk)));
    send({ type: 'output', stream, text: texts.join('') });
    done();
  };
}

for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
  const level = method === 'log' ? 'INFO' : method.toUpperCase();
  Object.assign(console, {
    [method]: (/** @type {unknown[]} */ ...args) =>
      process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${util.format(...args)}\n`),
  });
}

keepFromAws(startup.awsHosts, startup.frontPort);
const layerDirs = startup.layerDirs.map((folder) => fs.realpathSync(folder));
findAsOnLambda(codeDir, layerDirs, startup.assemblyDir, startup.sdk);

class InitError extends Error {
  /**
   * @param {string} type
   * @param {unknown} cause
   */
  constructor(type, cause) {
    super(String(cause), { cause });
    this.type = type;
  }
}

/** @param {string} file */
async function load(file) {
  const url = pathToFileURL(file).href;
  return isUnmarkedScript(url, codeDir) ? createRequire(file)(file) : import(url);
}

async function loadHandler() {
  const folder = path.join(codeDir, path.dirname(startup.handler));
  const [, name = '', exported = ''] = /^([^.]*)\.(.*)$/.exec(path.basename(startup.handler)) ?? [];
  const file = ['.js', '.mjs', '.cjs'].map((extension) => path.join(folder, name + extension)).find(fs.existsSync);
  if (!file) throw new InitError('Runtime.ImportModuleError', `Error: Cannot find module '${name}'`);
  const module = await load(file).catch((error) => {
    if (error instanceof SyntaxError) throw new InitError('Runtime.UserCodeSyntaxError', error);
    if (/MODULE_NOT_FOUND$/.test(error?.code)) throw new InitError('Runtime.ImportModuleError', error);
    throw error;
  });
  const find = (/** @type {any} */ from) => exported.split('.').reduce((value, key) => value?.[key], from);
  const handler = find(module) ?? find(module.default);
  if (typeof handler !== 'function') {
    throw new InitError('Runtime.HandlerNotFound', `${startup.handler} is undefined or not exported`);
  }
  if (!callbacks && handler.length >= 3) {
    throw new InitError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24',
    );
  }
  return handler;
}

/** @param {number} deadline */
const contextOf = (deadline) => ({
  awsRequestId: requestId,
  functionName: startup.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: startup.functionArn,
  memoryLimitInMB: String(startup.memoryMiB),
  logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
  logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
  getRemainingTimeInMillis: () => Math.max(0, deadline - trueNow()),
});

/**
 * Calls a handler that may answer through a callback instead of a promise. A returned value that is no promise is ignored.
 * @param {Function} handler
 * @param {unknown} event
 * @param {object} context
 */
function callWithCallback(handler, event, context) {
  return new Promise((resolve, reject) => {
    const done = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error ? reject(error) : resolve(result);
    const legacy = { callbackWaitsForEmptyEventLoop: true, done, succeed: resolve, fail: reject };
    const returned = handler(event, { ...context, ...legacy }, done);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 2) resolve(null);
  });
}

/**
 * @param {Function} handler
 * @param {import('./messages.ts').Request} request
 */
async function handle(handler, request) {
  requestId = request.requestId;
  const hex = requestId.replaceAll('-', '');
  process.env['_X_AMZN_TRACE_ID'] = `Root=1-${hex.slice(0, 8)}-${hex.slice(8)};Parent=${hex.slice(16)};Sampled=0`;
  try {
    const event = JSON.parse(request.event);
    const context = contextOf(request.deadline);
    const result = await (callbacks ? callWithCallback(handler, event, context) : handler(event, context));
    send({ type: 'result', payload: JSON.stringify(result) ?? 'null', failed: false });
  } catch (error) {
    send({ type: 'result', payload: describe(error), failed: true });
  }
}

try {
  const handler = await loadHandler();
  parentPort?.on('message', (request) => handle(handler, request));
  send({ type: 'init' });
} catch (error) {
  send({ type: 'init', error: error instanceof InitError ? describe(error.message, error.type) : describe(error) });
}
