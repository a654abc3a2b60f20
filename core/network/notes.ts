import type { Network, Note, NoteId } from './network.ts';

export const MAX_NOTE_LENGTH = 2000;

/** Adds a note, or replaces the one with its id. */
export function putNote(network: Network, note: Note): Network {
  return { ...network, notes: new Map(network.notes).set(note.id, note) };
}

export function removeNotes(network: Network, ids: readonly NoteId[]): Network {
  if (!ids.some((id) => network.notes?.has(id))) return network;
  const { notes = new Map<NoteId, Note>(), ...rest } = network;
  const kept = new Map([...notes].filter(([id]) => !ids.includes(id)));
  return kept.size === 0 ? rest : { ...rest, notes: kept };
}

/** The first of note1, note2, … that there is not. */
export function freshNoteId(network: Network): NoteId {
  let number = 1;
  while (network.notes?.has(`note${number}`)) number++;
  return `note${number}`;
}
