// The same on the real engine, beside the other: neither waits for the other's end.

import { historiesOn } from './model/histories.ts';
import { scaled } from './scenario.ts';

historiesOn('the real engine', scaled({ short: { scenes: 3, each: 2, managers: 1 }, all: { scenes: 4, each: 50, managers: 1 } }));
