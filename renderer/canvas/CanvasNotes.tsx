import { ViewportPortal } from '@xyflow/react';
import { useDocument } from '../document/store.ts';
import { CanvasNote } from './CanvasNote.tsx';

/** What people wrote on the canvas. */
export function CanvasNotes() {
  const notes = useDocument(({ design }) => design.network.notes);
  if (notes === undefined) return null;
  return (
    <ViewportPortal>
      {[...notes.values()].map((note, i) => (
        <CanvasNote key={note.id} note={note} number={i + 1} />
      ))}
    </ViewportPortal>
  );
}
