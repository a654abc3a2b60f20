import { Tabs } from '@base-ui/react/tabs';
import { Palette } from '../palette/Palette.tsx';
import { Announcer } from '../ui/Announcer.tsx';
import tabs from '../ui/Tabs.module.css';
import { Outline } from './Outline.tsx';
import styles from './SideTabs.module.css';
import { type Side, showSide, useSide } from './side-store.ts';

const SIDES = {
  layers: { title: 'Layers', body: Palette },
  outline: { title: 'Outline', body: Outline },
} as const satisfies { readonly [S in Side]: { readonly title: string; readonly body: () => React.ReactElement } };
const NAMES = Object.keys(SIDES) as readonly Side[];

/** The column on the left: what can be added, and what is there. */
export function SideTabs() {
  const shown = useSide((state) => state.shown);
  return (
    <Tabs.Root className={styles.side} value={shown} onValueChange={(value) => showSide(value as Side)}>
      <Tabs.List className={`${tabs.tabs} ${styles.bar}`} activateOnFocus={false} aria-label="Left column">
        {NAMES.map((side) => (
          <Tabs.Tab key={side} value={side} className={tabs.tab}>
            {SIDES[side].title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {NAMES.map((side) => {
        const { title, body: Body } = SIDES[side];
        // A region, so that it can be reached as a landmark.
        return (
          <Tabs.Panel key={side} value={side} className={styles.body} role="region" aria-label={title}>
            <Body />
          </Tabs.Panel>
        );
      })}
      <Announcer />
    </Tabs.Root>
  );
}
