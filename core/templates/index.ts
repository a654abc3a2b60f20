import { EMPTY_NETWORK } from '../network/network.ts';
import type { Design } from '../project/design.ts';
import { DEFAULT_TRAINING } from '../training/settings.ts';
import { alexnet } from './alexnet.ts';
import { convnetjsCifar10 } from './convnetjs-cifar10.ts';
import { lenet5 } from './lenet5.ts';
import { resnet20 } from './resnet20.ts';
import { vgg16 } from './vgg16.ts';

export interface Template {
  /** As the command line names it. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  create(): Design;
}

export const TEMPLATES: readonly Template[] = [
  {
    id: 'lenet5',
    title: 'LeNet-5',
    summary: 'Reads handwritten digits: two CONVs, two POOLs, three FCs. Trains in seconds.',
    create: lenet5,
  },
  {
    id: 'convnetjs-cifar10',
    title: 'ConvNetJS CIFAR-10',
    summary: 'Three CONV–RELU–POOL rounds on small colour pictures.',
    create: convnetjsCifar10,
  },
  {
    id: 'alexnet',
    title: 'AlexNet',
    summary: 'Won ImageNet 2012: 62 million params on 227×227 pixels.',
    create: alexnet,
  },
  {
    id: 'vgg16',
    title: 'VGG-16',
    summary: 'Configuration D: 3×3 CONVs only, 138 million params.',
    create: vgg16,
  },
  {
    id: 'resnet20',
    title: 'ResNet-20',
    summary: 'Residual blocks with batch normalisation, for CIFAR-10.',
    create: resnet20,
  },
];

export function findTemplate(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}

export function blankDesign(): Design {
  return { name: 'Untitled', network: EMPTY_NETWORK, training: DEFAULT_TRAINING, classLabels: [] };
}
