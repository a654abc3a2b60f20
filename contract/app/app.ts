/** The program itself. */
import { z } from 'zod';
import { call } from '../define.ts';

export const appCalls = {
  'app.describe': call(
    z.strictObject({}),
    z.object({
      version: z.string(),
      shell: z.enum(['electron', 'browser']),
      designsFolder: z.string(),
      runtime: z.string(),
    }),
  ),
};

export const appEvents = {
  /** The user chose something from the menu (Electron). */
  'menu.command': z.object({ command: z.enum(['about', 'new', 'open', 'export', 'undo', 'redo', 'fit']) }),
};
