import { useReactFlow } from '@xyflow/react';
import { GripHorizontal, X } from 'lucide-react';
import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react';
import type { Note } from '#core/network/network.ts';
import { MAX_NOTE_LENGTH } from '#core/network/notes.ts';
import { edit } from '../document/store.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './CanvasNote.module.css';
import { GRID } from './layout.ts';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-GRID, 0],
  ArrowRight: [GRID, 0],
  ArrowUp: [0, -GRID],
  ArrowDown: [0, GRID],
};

/** A note: text that is typed where it stands; its upper edge drags it, or moves it with the arrow keys. */
export const CanvasNote = memo(function CanvasNote({ note, number }: { readonly note: Note; readonly number: number }) {
  const { getZoom } = useReactFlow();
  const from = useRef({ x: 0, y: 0, position: note.position });
  const moveTo = (x: number, y: number) =>
    edit({ type: 'put-note', note: { ...note, position: [Math.round(x), Math.round(y)] } });
  const down = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, y: event.clientY, position: note.position };
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { x, y, position } = from.current;
    moveTo(position[0] + (event.clientX - x) / getZoom(), position[1] + (event.clientY - y) / getZoom());
  };
  const key = (event: KeyboardEvent) => {
    const step = ARROWS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    moveTo(note.position[0] + step[0], note.position[1] + step[1]);
  };
  const [x, y] = note.position;
  return (
    <div
      className={`${styles.note} nopan nowheel`}
      style={{ transform: `translate(${x}px, ${y}px)` }}
      data-note={note.id}
    >
      <div className={styles.bar}>
        <button
          type="button"
          className={styles.grip}
          aria-label={`Move note ${number}`}
          title="Drag it, or press the arrow keys"
          onPointerDown={down}
          onPointerMove={move}
          onKeyDown={key}
        >
          <GripHorizontal size={14} aria-hidden="true" />
        </button>
        <IconButton
          label={`Delete note ${number}`}
          icon={X}
          onClick={() => edit({ type: 'remove-notes', notes: [note.id] })}
        />
      </div>
      <textarea
        className={styles.text}
        aria-label={`Note ${number}`}
        placeholder="Write a note…"
        value={note.text}
        maxLength={MAX_NOTE_LENGTH}
        rows={3}
        onChange={({ target }) => edit({ type: 'put-note', note: { ...note, text: target.value } })}
      />
    </div>
  );
});
