// What a server used over time. The charts are loaded with this page, and with no other.

import { useSearch } from '@tanstack/react-router';
import { ChartsPanel } from '../parts/charts-panel.tsx';
import { useServer } from '../parts/current-server.ts';
import { patterns } from '../paths.ts';

export function ServerChartsPage() {
  const server = useServer();
  const { span = '1h' } = useSearch({ from: `/shell${patterns.serverCharts}` });
  return <ChartsPanel server={server} span={span} />;
}
