// What went wrong with what was just asked, in a line; nothing while nothing did.

export function AlertLine({ words }: { readonly words: string | null }) {
  return words ? (
    <p role="alert" className="text-failed">
      {words}
    </p>
  ) : null;
}
