import type { TrainingSettings } from '../settings.ts';
import { DEFAULT_TRAINING } from '../settings.ts';
import type { Recipe } from './define.ts';
import { resnet } from './resnet.ts';

/** Settings that say how long and with what start, not how: a recipe leaves them alone unless it names them. */
const OWN = ['epochs', 'seed', 'shuffle', 'loss'] as const satisfies readonly (keyof TrainingSettings)[];

const plain: Recipe = {
  id: 'plain',
  title: 'Plain SGD',
  summary: 'SGD with momentum at a constant rate, nothing else: the easiest to follow.',
  settings: {},
};

const digits: Recipe = {
  id: 'digits',
  title: 'Digits, 98.5 % and more',
  summary: 'For LeNet-5 on MNIST: AdamW, one cycle, and pictures shifted, turned and scaled a little.',
  settings: {
    epochs: 30,
    batchSize: 32,
    optimizer: 'adamw',
    learningRate: 0.003,
    weightDecay: 0.05,
    schedule: 'oneCycle',
    shift: 0.08,
    rotation: 10,
    zoom: 0.1,
  },
};

const smallPictures: Recipe = {
  id: 'small-pictures',
  title: 'Small colour pictures',
  summary: 'For CIFAR-10 and its like: SGD, one cycle, random crops and flips (He et al. 2015, section 4.2).',
  settings: {
    epochs: 30,
    batchSize: 64,
    learningRate: 0.1,
    weightDecay: 0.0005,
    schedule: 'oneCycle',
    cropPadding: 4,
    flip: true,
  },
};

/** Every recipe, in the order in which they are offered. */
export const RECIPES: readonly Recipe[] = [plain, digits, smallPictures, resnet];

export function findRecipe(id: string): Recipe | undefined {
  return RECIPES.find((recipe) => recipe.id === id);
}

/** The settings with a recipe: what it does not name is as by default, but for what says how long and from where. */
export function withRecipe(settings: TrainingSettings, recipe: Recipe): TrainingSettings {
  const own = Object.fromEntries(OWN.map((name) => [name, settings[name]]));
  return { ...DEFAULT_TRAINING, ...own, ...recipe.settings };
}
