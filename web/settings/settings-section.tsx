import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface SettingsSectionProps {
  readonly title: string;
  /** A sentence that says what is in it. */
  readonly hint: string;
  readonly children: ComponentChildren;
}

/** A part of the settings, which is closed at first. What is in it is rendered from the first opening on. */
export function SettingsSection({ title, hint, children }: SettingsSectionProps) {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details
      class="settings-section"
      onToggle={({ currentTarget }) => {
        setOpened(true);
        // When its content is there: all of it comes into sight, or what there is room for.
        if (currentTarget.open) requestAnimationFrame(() => currentTarget.scrollIntoView({ block: 'nearest' }));
      }}
    >
      <summary>
        <h3>{title}</h3>
        <small>{hint}</small>
      </summary>
      {wasOpened && <div>{children}</div>}
    </details>
  );
}
