import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useShallow } from 'zustand/react/shallow';
import type { LayerId } from '#core/network/network.ts';
import { type Keys, keysOf } from '../commands/keys.ts';
import { useDocument } from '../document/store.ts';
import { enterSettings, goOnInSettings } from '../inspector/settings-focus.ts';
import { duplicateSelection, remove } from './actions.ts';
import { FollowUpDialog } from './FollowUpDialog.tsx';
import styles from './Outline.module.css';
import { OutlineRow } from './OutlineRow.tsx';
import { type Anchor, type FollowUp, RowMenu } from './RowMenu.tsx';
import { outlineOrder } from './rows.ts';
import { rowElement, rowOf, useGrid } from './use-grid.ts';
import { useShow } from './use-show.ts';

/** What is open for a row: its menu, or what was asked for in it. */
type Open =
  | { readonly what: 'menu'; readonly layer: LayerId; readonly anchor: Anchor; readonly container: HTMLElement | null }
  | { readonly what: FollowUp; readonly layer: LayerId };

/** The layers in the order in which they run: all that can be done on the canvas, without a pointer. */
export function Outline() {
  const ids = useDocument(useShallow(({ design, report }) => outlineOrder(design.network, report)));
  const show = useShow();
  const grid = useRef<HTMLDivElement>(null);
  const toRow = (id: LayerId | undefined) => rowElement(grid.current, id);
  const { active, setActive, pick, navigate } = useGrid(grid, ids, show);
  const [open, setOpen] = useState<Open>();
  /** What the menu's last item opened; the focus goes there, and not back to the row. */
  const next = useRef<FollowUp | 'settings'>(undefined);

  /** Whether the last layer was deleted from here: the focus goes to the words that stand there then. */
  const emptied = useRef(false);
  const openMenu = (layer: LayerId, anchor: Anchor) => {
    if (!useDocument.getState().selection.has(layer)) pick(layer, 'alone');
    setActive(layer);
    next.current = undefined;
    setOpen({ what: 'menu', layer, anchor, container: grid.current?.parentElement ?? null });
  };
  /** Deletes what is selected if that row is part of it, else that row; the next one that is left becomes active. */
  const removeAt = (layer: LayerId) => {
    const { selection } = useDocument.getState();
    const gone = selection.has(layer) ? selection : new Set([layer]);
    const at = ids.indexOf(layer);
    const left = ids.slice(at).find((id) => !gone.has(id)) ?? ids.slice(0, at).findLast((id) => !gone.has(id));
    setActive(left);
    toRow(left)?.focus();
    emptied.current = left === undefined;
    remove([...gone]);
  };

  /** Selects a layer, unless it is one of several that are selected: these are set together. */
  const selectFor = (layer: LayerId) => {
    if (!useDocument.getState().selection.has(layer)) flushSync(() => pick(layer, 'alone'));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const onButton = event.target instanceof HTMLButtonElement;
    if (active === undefined || (onButton && ['Enter', ' '].includes(event.key))) return;
    const handled = commands(event) || navigate(event);
    if (!handled) return;
    event.preventDefault();
    // The canvas and the window listen for some of these keys too.
    event.stopPropagation();
  };
  const commands = (event: KeyboardEvent<HTMLElement>): boolean => {
    const row = toRow(active);
    if (active === undefined || row === null) return false;
    const menu = () => openMenu(active, row);
    const removeActive = () => removeAt(active);
    const byKeys: { readonly [keys: Keys]: () => void } = {
      enter: () => {
        selectFor(active);
        enterSettings(() => toRow(active));
      },
      f2: () => setOpen({ what: 'rename', layer: active }),
      delete: removeActive,
      backspace: removeActive,
      contextmenu: menu,
      'shift+f10': menu,
      'mod+d': () => {
        selectFor(active);
        duplicateSelection();
      },
    };
    const command = byKeys[keysOf(event.nativeEvent)];
    command?.();
    return command !== undefined;
  };

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const id = rowOf(event.target);
    if (id === undefined || event.target instanceof HTMLInputElement) return;
    const button = (event.target as Element).closest('button');
    if (button !== null) openMenu(id, button);
    else pick(id, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'alone');
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    const id = rowOf(event.target);
    if (id !== undefined && (event.target as Element).closest('button') === null) {
      setOpen({ what: 'rename', layer: id });
    }
  };
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    const id = rowOf(event.target);
    if (id === undefined || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const at = new DOMRect(event.clientX, event.clientY, 0, 0);
    openMenu(id, { getBoundingClientRect: () => at });
  };

  const onRenamed = useCallback(() => {
    setOpen(undefined);
    const row = document.activeElement?.closest<HTMLElement>('[data-row]');
    row?.focus();
  }, []);
  const close = () => setOpen((now) => (now?.what === 'menu' ? undefined : now));

  if (ids.length === 0) {
    return (
      <p className={styles.empty} tabIndex={-1} ref={(words) => void (emptied.current && words?.focus())}>
        No layers yet: choose INPUT under Layers, then CONV; each new layer is fed by the one that is selected.
      </p>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: ARIA's grid pattern, with rows that take the focus */}
      <div
        ref={grid}
        role="grid"
        tabIndex={-1}
        className={styles.grid}
        aria-label="Layers in the order in which they run"
        aria-multiselectable="true"
        onFocus={({ target }) => {
          if (target === grid.current) toRow(active)?.focus();
          else setActive(rowOf(target));
        }}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onContextMenu={onContextMenu}
      >
        {ids.map((id) => (
          <OutlineRow
            key={id}
            id={id}
            active={id === active}
            renaming={open?.what === 'rename' && open.layer === id}
            menuOpen={open?.what === 'menu' && open.layer === id}
            onRenamed={onRenamed}
          />
        ))}
      </div>
      {open?.what === 'menu' && (
        <RowMenu
          layer={open.layer}
          anchor={open.anchor}
          container={open.container}
          onFollowUp={(what) => {
            next.current = what;
            setOpen({ what, layer: open.layer });
          }}
          onSettings={() => {
            next.current = 'settings';
            selectFor(open.layer);
            goOnInSettings(() => toRow(open.layer));
          }}
          onDelete={() => removeAt(open.layer)}
          onClose={close}
          finalFocus={() => (next.current === undefined && grid.current) || false}
        />
      )}
      {open !== undefined && open.what !== 'menu' && open.what !== 'rename' && (
        <FollowUpDialog what={open.what} layer={open.layer} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}
