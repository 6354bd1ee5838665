import { render } from 'preact';
import { start } from '#web/session/session.ts';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root) render(<App />, root);
void start();
