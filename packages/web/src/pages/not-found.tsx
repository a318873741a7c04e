// An address that leads nowhere.

import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-3xl p-6">
      <title>{text.title(text.broken.notFound)}</title>
      <Face
        level={1}
        shape="dashed-ring"
        title={text.broken.notFound}
        next={
          <Link {...paths.servers()} className={buttonClass()}>
            {text.server.back}
          </Link>
        }
      />
    </main>
  );
}
