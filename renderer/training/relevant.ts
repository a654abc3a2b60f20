import { OPTIMIZERS } from '#core/training/optimizers/index.ts';
import { SCHEDULES } from '#core/training/schedules/index.ts';
import { TRAINING_FIELDS, type TrainingSettings } from '#core/training/settings.ts';

type Field = keyof typeof TRAINING_FIELDS;

/** Settings that some optimizer or schedule reads and others do not. */
const CONDITIONAL: ReadonlySet<Field> = new Set(
  [...Object.values(OPTIMIZERS), ...Object.values(SCHEDULES)].flatMap(({ uses }) => uses as readonly Field[]),
);

/** The settings that matter with these choices, in the order in which they are shown. */
export function relevantSettings({ optimizer, schedule }: TrainingSettings): readonly Field[] {
  const used: ReadonlySet<string> = new Set([...OPTIMIZERS[optimizer].uses, ...SCHEDULES[schedule].uses]);
  return (Object.keys(TRAINING_FIELDS) as Field[]).filter((field) => !CONDITIONAL.has(field) || used.has(field));
}
