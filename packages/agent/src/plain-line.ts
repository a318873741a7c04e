// A line of a log as a person reads it: without colours, and without what a carriage return wrote over.

const ansi = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])/g;

export const withoutColours = (text: string): string => text.replaceAll(ansi, '');

export function plainLine(text: string): string {
  const shown = withoutColours(text).split('\r');
  return (shown.findLast((part) => part.trim() !== '') ?? '').replace(/\p{Cc}/gu, ' ').trim();
}
