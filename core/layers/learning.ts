import { flag, real } from './fields.ts';

/** Where the fields below are shown. They say how a layer's tensors are trained, not what the network computes. */
export const LEARNING = 'Learning';

const multiplier = (label: string, help: string) =>
  real({ label, help, default: 1, min: 0, max: 1000, section: LEARNING, added: true });

const trainable = flag({
  label: 'Trainable',
  help: 'Off: the layer is frozen and keeps the weights it has; BATCH NORM then uses its running statistics.',
  default: true,
  section: LEARNING,
  added: true,
});

/** For a layer whose only tensors are weights. */
export const weightLearningFields = {
  trainable,
  learningRateMultiplier: multiplier(
    'Rate ×',
    "What the learning rate is multiplied by for this layer's weights (lr_mult).",
  ),
  decayMultiplier: multiplier('Decay ×', "What weight decay is multiplied by for this layer's weights (decay_mult)."),
};

/** How a layer learns, as Caffe's `lr_mult` and `decay_mult` for weights and biases. */
export const learningFields = {
  ...weightLearningFields,
  biasLearningRateMultiplier: multiplier(
    'Bias rate ×',
    'What the learning rate is multiplied by for the biases (Caffe: often 2).',
  ),
  biasDecayMultiplier: multiplier(
    'Bias decay ×',
    'What weight decay is multiplied by for the biases (Caffe: often 0).',
  ),
};
