export { sendToQueue } from './destination.ts';
export { surroundingsOf } from './environment.ts';
export { LocalFunctions } from './functions.ts';
export { lambdaApi } from './lambda-api.ts';
export { functionHandlers } from './resources.ts';
