import { Component, type ComponentType, createElement, type FunctionComponent } from 'preact';

/**
 * Makes a component that its parent renders again only if a prop is another one. What it reads by itself (signals, context, its own
 * state) renders it as ever.
 */
export function memo<Props extends object>(Inner: FunctionComponent<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const keys = new Set([...Object.keys(next), ...Object.keys(this.props)]);
      return [...keys].some((key) => next[key as keyof Props] !== this.props[key as keyof Props]);
    }

    override render() {
      return createElement(Inner, this.props);
    }
  };
}
