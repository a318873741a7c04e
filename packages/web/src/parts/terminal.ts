// The terminal that a console is shown in: xterm, in the page's own inks and type, in both themes. It only shows;
// what is typed goes through the field below it.

import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { inkOf, onThemeChange } from '../ui/ink.ts';
import { mostLines } from './console-stream.ts';

export interface Found {
  /** 1 for the first; 0: none is marked. */
  readonly at: number;
  readonly count: number;
}

/** `typed`: the mark stays where it is while its text goes on matching. */
export type FindStep = 'typed' | 'next' | 'previous';

export interface TerminalView {
  readonly write: (text: string) => void;
  readonly clear: () => void;
  readonly find: (sought: string, step: FindStep) => void;
  readonly dispose: () => void;
}

export function openTerminal(box: HTMLElement, label: string, onFound: (found: Found) => void): TerminalView {
  const style = getComputedStyle(box);
  const terminal = new Terminal({
    // The search marks what it finds with an interface that xterm still calls proposed.
    allowProposedApi: true,
    disableStdin: true,
    convertEol: true,
    scrollback: mostLines,
    fontFamily: style.fontFamily,
    fontSize: 12.5,
    lineHeight: 1.3,
    cursorBlink: false,
    cursorStyle: 'bar',
    cursorInactiveStyle: 'none',
    // Programs choose colours for dark terminals; here they stay readable on both grounds.
    minimumContrastRatio: 4.5,
    screenReaderMode: true,
    theme: themeOf(box),
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.open(box);
  terminal.textarea?.setAttribute('aria-label', label);
  terminal.textarea?.setAttribute('readonly', '');
  search.onDidChangeResults(({ resultIndex, resultCount }) => onFound({ at: resultIndex + 1, count: resultCount }));

  const watcher = new ResizeObserver(() => fit.fit());
  watcher.observe(box);
  const endThemes = onThemeChange(() => {
    terminal.options.theme = themeOf(box);
  });

  return {
    write: (text) => terminal.write(text),
    clear: () => {
      search.clearDecorations();
      terminal.reset();
    },
    find: (sought, step) => {
      if (sought === '') {
        search.clearDecorations();
        onFound({ at: 0, count: 0 });
        return;
      }
      const decorations = marks(box);
      if (step === 'previous') search.findPrevious(sought, { decorations });
      else search.findNext(sought, { decorations, incremental: step === 'typed' });
    },
    dispose: () => {
      endThemes();
      watcher.disconnect();
      terminal.dispose();
    },
  };
}

function themeOf(box: HTMLElement): ITheme {
  const panel = inkOf(box, 'panel');
  return {
    background: panel,
    foreground: inkOf(box, 'ink'),
    cursor: panel,
    selectionBackground: `${inkOf(box, 'accent')}55`,
    red: inkOf(box, 'failed'),
    green: inkOf(box, 'running'),
    yellow: inkOf(box, 'missing'),
    blue: inkOf(box, 'accent'),
    magenta: inkOf(box, 'unheard'),
    brightBlack: inkOf(box, 'ink-faint'),
  };
}

function marks(box: HTMLElement) {
  const ruler = inkOf(box, 'missing');
  return {
    matchBackground: inkOf(box, 'missing-line'),
    matchOverviewRuler: ruler,
    activeMatchBackground: ruler,
    activeMatchColorOverviewRuler: ruler,
  };
}
