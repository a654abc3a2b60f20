import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { LayerId } from '#core/network/network.ts';
import { select, useDocument } from '../document/store.ts';
import { outlineOrder } from './rows.ts';

/** Milliseconds after which another letter begins another name. */
const TYPING = 700;

const orderNow = () => {
  const { design, report } = useDocument.getState();
  return outlineOrder(design.network, report);
};

/** A row's element in the grid. */
export function rowElement(grid: HTMLElement | null, id: LayerId | undefined): HTMLElement | null {
  return id === undefined ? null : (grid?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null);
}

/** The layer of the row that an event came from. */
export function rowOf(target: EventTarget): LayerId | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined;
}

/**
 * Which row has the focus, and which are selected, as ARIA's grid pattern has it: one row can be reached with Tab, the
 * arrow keys lead to the others. The selection is that of the canvas; a row that is selected there becomes the active one.
 *
 * @param show brings a layer that was selected here into view on the canvas
 */
export function useGrid(grid: RefObject<HTMLElement | null>, ids: readonly LayerId[], show: (layer: LayerId) => void) {
  const [wanted, setActive] = useState<LayerId>();
  const active = wanted !== undefined && ids.includes(wanted) ? wanted : ids[0];
  /** Where a range that Shift extends begins. */
  const anchor = useRef<LayerId>(undefined);
  const typed = useRef({ text: '', at: 0 });

  useEffect(() => {
    const follow = (selection: ReadonlySet<LayerId>) =>
      setActive((now) => {
        if (selection.size === 0 || (now !== undefined && selection.has(now))) return now;
        return orderNow().find((id) => selection.has(id));
      });
    follow(useDocument.getState().selection);
    return useDocument.subscribe((now, before) => {
      if (now.selection !== before.selection) follow(now.selection);
    });
  }, []);

  useEffect(() => {
    const row = rowElement(grid.current, active);
    if (grid.current?.contains(document.activeElement)) row?.focus();
    else row?.scrollIntoView({ block: 'nearest' });
  }, [grid, active]);

  const pick = (id: LayerId, how: 'alone' | 'toggle' | 'range') => {
    setActive(id);
    show(id);
    if (how === 'range') {
      const [a, b] = [ids.indexOf(anchor.current ?? active ?? id), ids.indexOf(id)].sort((x, y) => x - y);
      select(ids.slice(a, (b ?? 0) + 1));
      return;
    }
    anchor.current = id;
    const after = new Set(how === 'toggle' ? useDocument.getState().selection : []);
    if (how === 'toggle' && after.has(id)) after.delete(id);
    else after.add(id);
    select(after);
  };

  /** Moves to another row, and with Shift selects all on the way. */
  const go = (at: number, extend: boolean) => {
    const id = ids[Math.min(Math.max(at, 0), ids.length - 1)];
    if (id === undefined) return;
    if (extend) {
      anchor.current ??= active;
      pick(id, 'range');
    } else {
      anchor.current = undefined;
      setActive(id);
    }
  };

  /** Moves to the next row whose name begins with what was typed. */
  const typeAhead = (letter: string) => {
    const now = performance.now();
    const text = now - typed.current.at < TYPING ? typed.current.text + letter.toLowerCase() : letter.toLowerCase();
    typed.current = { text, at: now };
    const { layers } = useDocument.getState().design.network;
    // One letter looks behind this row, so that typing it again goes on; more letters may mean this very row.
    const from = ids.indexOf(active ?? '') + (text.length === 1 ? 1 : 0);
    const found = [...ids.slice(from), ...ids.slice(0, from)].find((id) =>
      layers.get(id)?.name.toLowerCase().startsWith(text),
    );
    if (found !== undefined) go(ids.indexOf(found), false);
  };

  /** Keys that move between rows and select; answers whether it was one of them. */
  const navigate = (event: KeyboardEvent): boolean => {
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const at = ids.indexOf(active ?? '');
    const page = 10;
    const places: { readonly [key: string]: number } = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: ids.length - 1,
    };
    const place = places[key];
    if (place !== undefined) {
      go(place, shiftKey);
      return true;
    }
    const isTyping = performance.now() - typed.current.at < TYPING;
    if (active !== undefined && (key === 'Enter' || (key === ' ' && !isTyping))) {
      pick(active, control ? 'toggle' : shiftKey ? 'range' : 'alone');
      return true;
    }
    if (key.length === 1 && !control && !event.altKey) {
      typeAhead(key);
      return true;
    }
    return false;
  };

  return { active, setActive, pick, navigate };
}
