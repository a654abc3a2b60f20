import type { FieldSpec, FieldValue } from '#core/layers/fields.ts';
import { applyEdit } from '#core/network/edits.ts';
import type { Design } from '#core/project/design.ts';
import type { Recipe } from '#core/training/recipes/define.ts';
import { findRecipe, RECIPES, withRecipe } from '#core/training/recipes/index.ts';
import { TRAINING_FIELDS, type TrainingSettings } from '#core/training/settings.ts';
import { fieldOption, type Specs } from './options.ts';
import { UsageError } from './usage-error.ts';

const FIELDS = Object.entries(TRAINING_FIELDS) as readonly (readonly [keyof TrainingSettings, FieldSpec])[];

/** "learningRate" as "learning-rate"; a flag that is on unless told otherwise as "no-shuffle". */
function optionName(field: string, spec: FieldSpec): string {
  const words = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/([a-z]{2})(\d)/g, '$1-$2');
  return spec.type === 'flag' && spec.default ? `no-${words}` : words;
}

/** An option for every training setting, made from the settings themselves. */
export const TRAINING_OPTIONS: Specs = {
  recipe: { type: 'string' },
  ...Object.fromEntries(
    FIELDS.map(([field, spec]) => [optionName(field, spec), { type: spec.type === 'flag' ? 'boolean' : 'string' }]),
  ),
};

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** The design with the recipe and the settings that were given. */
export function withTrainingOptions(values: Given, design: Design): Design {
  const recipe = recipeFrom(values['recipe']);
  const prepared = recipe?.prepare?.(design.network) ?? [];
  const training = recipe === undefined ? design.training : withRecipe(design.training, recipe);
  const given = FIELDS.flatMap(([field, spec]) => {
    const name = optionName(field, spec);
    const value = values[name];
    return value === undefined ? [] : [[field, read(name, spec, value)] as const];
  });
  return {
    ...design,
    network: prepared.reduce(applyEdit, design.network),
    training: { ...training, ...Object.fromEntries(given) },
  };
}

function recipeFrom(word: string | boolean | undefined): Recipe | undefined {
  if (typeof word !== 'string') return undefined;
  const found = findRecipe(word);
  if (found === undefined) throw new UsageError(`--recipe needs one of ${RECIPE_IDS.join(', ')}, got "${word}".`);
  return found;
}

const RECIPE_IDS = RECIPES.map(({ id }) => id);

function read(name: string, spec: FieldSpec, given: string | boolean): FieldValue {
  if (typeof given === 'boolean') return spec.type === 'flag' && !spec.default;
  return fieldOption(`--${name}`, spec, given);
}

/** The settings as lines of help: "--optimizer sgd|adam|…". */
export function trainingHelp(): readonly string[] {
  const fields = FIELDS.map(([field, spec]) => {
    const choices =
      spec.type === 'choice' ? ` ${Object.keys(spec.choices).join('|')}` : spec.type === 'flag' ? '' : ' N';
    return `[--${optionName(field, spec)}${choices}]`;
  });
  return [`[--recipe ${RECIPE_IDS.join('|')}]`, ...fields];
}
