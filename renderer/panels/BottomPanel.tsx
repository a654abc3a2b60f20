import { Tabs } from '@base-ui/react/tabs';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, useRef } from 'react';
import { useDocument } from '../document/store.ts';
import { Lectures } from '../lectures/Lectures.tsx';
import { useTrainingProblems } from '../training/problems.ts';
import { TrainingTab } from '../training/TrainingTab.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import tabs from '../ui/Tabs.module.css';
import { Activations } from './Activations.tsx';
import { Filters } from './Filters.tsx';
import { Ledger } from './Ledger.tsx';
import styles from './Panels.module.css';
import { Problems } from './Problems.tsx';
import { PANEL_TITLES, PANELS, type PanelName, showPanel, togglePanel, usePanels } from './panel-store.ts';

const BODIES: { readonly [P in PanelName]: () => React.ReactElement } = {
  problems: Problems,
  ledger: Ledger,
  training: TrainingTab,
  filters: Filters,
  activations: Activations,
  lectures: Lectures,
};

/** Heights in pixels between which the panel can be drawn. */
const LEAST = 120;
const MOST_SHARE = 0.7;

function clampHeight(height: number): number {
  return Math.round(Math.min(Math.max(height, LEAST), window.innerHeight * MOST_SHARE));
}

/** The tabs under the canvas. Only what is shown is drawn. */
export function BottomPanel() {
  const { shown, collapsed } = usePanels();
  const ofNetwork = useDocument((state) => state.report.problems.length);
  const { listed } = useTrainingProblems();
  const problems = ofNetwork + listed.filter(({ severity }) => severity === 'error').length;
  return (
    <Tabs.Root className={styles.bottom} value={shown} onValueChange={(value) => showPanel(value as PanelName)}>
      <div className={styles.bar}>
        {!collapsed && <Grip />}
        <Tabs.List className={tabs.tabs} activateOnFocus={false}>
          {PANELS.map((panel) => (
            <Tabs.Tab key={panel} value={panel} className={tabs.tab}>
              {PANEL_TITLES[panel]}
              {panel === 'problems' && problems > 0 && (
                <span className={styles.badge} aria-hidden="true">
                  {problems}
                </span>
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <IconButton
          label={collapsed ? 'Show the panel' : 'Hide the panel'}
          icon={collapsed ? ChevronUp : ChevronDown}
          onClick={togglePanel}
        />
      </div>
      {!collapsed &&
        PANELS.map((panel) => {
          const Body = BODIES[panel];
          return (
            <Tabs.Panel key={panel} value={panel} className={styles.body}>
              <Body />
            </Tabs.Panel>
          );
        })}
    </Tabs.Root>
  );
}

/** The panel's upper edge, to be dragged or moved with the arrow keys. */
function Grip() {
  const height = usePanels((state) => state.height);
  const from = useRef({ y: 0, height: 0 });
  const resize = (to: number) => usePanels.setState({ height: clampHeight(to) });
  const down = (event: ReactPointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { y: event.clientY, height };
  };
  const move = (event: ReactPointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      resize(from.current.height + from.current.y - event.clientY);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp') resize(height + 20);
    if (event.key === 'ArrowDown') resize(height - 20);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved; this is ARIA's window splitter
    <div
      className={styles.grip}
      role="separator"
      tabIndex={0}
      aria-label="Height of the panel"
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={1000}
      onPointerDown={down}
      onPointerMove={move}
      onKeyDown={key}
    />
  );
}
