import type { JSX } from "preact";

export interface TabsProps<Tab extends string> {
  readonly tabs: readonly [Tab, ...Tab[]];
  readonly current: Tab;
  readonly label: string;
  readonly onChange: (tab: Tab) => void;
}

/** The tabs for the body below them: the element whose id is `tab-body`. */
export function Tabs<Tab extends string>({ tabs, current, label, onChange }: TabsProps<Tab>): JSX.Element {
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(current) + by + tabs.length) % tabs.length] ?? tabs[0];
    onChange(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls="tab-body"
          tabIndex={tab === current ? 0 : -1}
          onClick={() => onChange(tab)}
        >
          {tab}
        </button>
      ))}
    </div>
  );
}
