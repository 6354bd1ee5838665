import { type ComponentType, createElement, type FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '#web/words/ui.ts';

/** Makes a component whose code is loaded when it is first rendered: for what many never open. */
export function lazy<Props extends object>(load: () => Promise<FunctionComponent<Props>>): ComponentType<Props> {
  let loaded: FunctionComponent<Props> | undefined;
  return function Lazy(props: Props) {
    const [state, setState] = useState<'loading' | 'loaded' | 'failed'>('loading');
    useEffect(() => {
      if (loaded || state !== 'loading') return;
      load().then(
        (component) => {
          loaded = component;
          setState('loaded');
        },
        (cause) => {
          console.warn(cause);
          setState('failed');
        },
      );
    }, [state]);
    if (loaded) return createElement(loaded, props);
    if (state !== 'failed') return null;
    return (
      <p class="failure" role="alert">
        {words.notLoaded}{' '}
        <button type="button" class="link" onClick={() => setState('loading')}>
          {words.tryAgain}
        </button>
      </p>
    );
  };
}
