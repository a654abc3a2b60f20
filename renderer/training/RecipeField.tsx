import { useId } from 'react';
import { findRecipe, RECIPES, withRecipe } from '#core/training/recipes/index.ts';
import { applyRecipe, useDocument } from '../document/store.ts';
import fieldStyles from '../ui/Field.module.css';
import styles from './Training.module.css';

/** Sets many settings at once to what is known to work; shows which recipe the settings are, if any. */
export function RecipeField() {
  const id = useId();
  const settings = useDocument((state) => state.design.training);
  const network = useDocument((state) => state.design.network);
  const now = JSON.stringify(settings);
  const chosen = RECIPES.find(
    (recipe) => JSON.stringify(withRecipe(settings, recipe)) === now && (recipe.prepare?.(network) ?? []).length === 0,
  );
  return (
    <div className={`${fieldStyles.field} ${styles.recipe}`}>
      <label htmlFor={id}>Recipe</label>
      <select
        id={id}
        className={fieldStyles.input}
        value={chosen?.id ?? ''}
        onChange={({ target }) => {
          const recipe = findRecipe(target.value);
          if (recipe !== undefined) applyRecipe(recipe);
        }}
      >
        <option value="" disabled>
          Own settings
        </option>
        {RECIPES.map(({ id: value, title }) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      {chosen !== undefined && <p className={fieldStyles.note}>{chosen.summary}</p>}
    </div>
  );
}
