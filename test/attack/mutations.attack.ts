import { attackAll } from './mutations-processes.ts';
import type { Outcome } from './table.ts';

export const title =
  'every reader with 250,000 mutated inputs in all; none may end, tell what is raw, or take too much';

const TRIES = 250_000;

export function run(): Promise<readonly Outcome[]> {
  const seed = Number(process.env['SEED'] ?? 1);
  const [reader, turn] = (process.env['MUTATIONS'] ?? '').split(':');
  return attackAll({
    seed,
    tries: Number(process.env['TRIES'] ?? TRIES),
    ...(reader && { reader }),
    ...(turn && { turn: Number(turn) }),
  });
}
