// Faults as RFC 9457 problem documents, and back.

import { Fault, type FaultCode, faultCodes, faults } from '@mainstay/core/fault';
import { z } from 'zod';

export const problemMediaType = 'application/problem+json';

export const problem = z
  .looseObject({
    type: z.string().meta({ description: 'urn:mainstay:problem: and the code' }),
    code: z.enum(faultCodes),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: 'JSON pointer into the request' }),
          message: z.string(),
          line: z.int().optional().meta({ description: 'Of a text: where in it, from 1' }),
          column: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problem>;

const urn = 'urn:mainstay:problem:';

export function toProblem(fault: Fault): Problem {
  const { status, title } = faults[fault.code];
  return { ...fault.extra, type: urn + fault.code, code: fault.code, title, status, detail: fault.detail };
}

/** The fault that a problem document tells of; an answer that is none (a proxy's page, say) becomes `internal`. */
export function fromProblem(body: unknown, status: number): Fault {
  const parsed = problem.safeParse(body);
  if (!parsed.success) return new Fault('internal', `The manager answered ${status} without saying why.`);
  const { type: _type, code, title: _title, status: _status, detail, ...extra } = parsed.data;
  return new Fault(code satisfies FaultCode, detail, { extra });
}

/** The JSON pointer (RFC 6901) of a place; of the whole, a slash. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
}

/** The fault of a value that does not fit its schema; `where` is the part of the request: body, query or path. */
export function invalid(error: z.ZodError, where: string): Fault {
  const errors = error.issues.flatMap(innermost).map((issue) => ({
    path: pointerOf(issue.path),
    message: issue.message,
  }));
  const first = errors[0];
  const place = first && first.path !== '/' ? `${where}${first.path}` : where;
  return new Fault('invalid-request', `${place}: ${first?.message ?? 'not valid'}`, { extra: { errors } });
}

/** What a schema says is wrong. */
export type Issue = z.core.$ZodIssue;

/** The issues that say what is wrong: of a record's key and of a union that is said inside the issue, not by it. */
export function innermost(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => ({ ...inner, path: issue.path }));
  if (issue.code !== 'invalid_union') return [issue];
  // Of the shapes that it may have the one that was meant: the others are of another type altogether.
  const isOther = (issues: readonly Issue[]) => issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  const meant = issue.errors.find((issues) => !isOther(issues)) ?? issue.errors[0] ?? [];
  if (meant.length === 0) return [issue];
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }));
}
