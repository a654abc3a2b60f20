export interface PickedText {
  /** The file's name, without its folder. */
  readonly name: string;
  readonly text: string;
}

/** A file the user picks in the page's own dialog, or undefined where they pick none. */
export function pickText(accept: string): Promise<PickedText | undefined> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file === undefined) resolve(undefined);
      else file.text().then((text) => resolve({ name: file.name, text }), reject);
    });
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}

/** What a design's file may be called. */
export const DESIGN_FILES = '.convcanvas,application/json';
