import { afterAll, beforeAll } from 'vitest';
import { type Api, startApi } from '#test/helpers/api.ts';
import { authorization } from './authorization.ts';
import { createScene, type Scene } from './cast.ts';
import { floods } from './floods.ts';
import { input } from './input.ts';
import { tokens } from './tokens.ts';

let api: Api;
let scene: Scene;
beforeAll(async () => {
  api = await startApi();
  scene = await createScene(api);
});
afterAll(() => api.stop());

authorization(() => scene);
tokens(() => scene);
input(() => scene);
floods(() => scene);
