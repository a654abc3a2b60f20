/** `npm run build`: builds everything that runs, and the licences of all that it holds. */
import { build } from './setup.mjs';

process.exit(build('info') ? 0 : 1);
