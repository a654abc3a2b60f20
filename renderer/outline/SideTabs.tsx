import { Tabs } from '@base-ui/react/tabs';
import { create } from 'zustand';
import { Palette } from '../palette/Palette.tsx';
import { Announcer } from '../ui/Announcer.tsx';
import tabs from '../ui/Tabs.module.css';
import { Outline } from './Outline.tsx';
import styles from './SideTabs.module.css';

const SIDES = {
  layers: { title: 'Layers', body: Palette },
  outline: { title: 'Outline', body: Outline },
} as const;
type Side = keyof typeof SIDES;
const NAMES = Object.keys(SIDES) as readonly Side[];

/** What is shown stays so while the start screen is open. */
const useSide = create<{ readonly shown: Side }>()(() => ({ shown: 'layers' }));

/** The column on the left: what can be added, and what is there. */
export function SideTabs() {
  const shown = useSide((state) => state.shown);
  return (
    <Tabs.Root
      className={styles.side}
      value={shown}
      onValueChange={(value) => useSide.setState({ shown: value as Side })}
    >
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
