// A value that has rested: what somebody types is asked about once the typing stops.

import { useEffect, useState } from 'react';

/** The value once it has not changed for `ms`; what it was before, until then. */
export function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
