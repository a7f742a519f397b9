import type { RunRow } from '../api/client'
import { useLive } from '../shared/live'
import { Failed, Loading } from '../shared/States'
import { useApi } from '../shared/useApi'
import { RunTable } from './RunTable'

export default function Runs() {
  const live = useLive()
  const { data, error, again } = useApi<RunRow[]>('/v1/runs?limit=100', live.runs)
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the runs" />
  // News is fresher than the list for the runs it holds.
  const fresh = new Map(live.runs?.map(run => [run.id, run]))
  return (
    <>
      <h1>Runs</h1>
      <RunTable runs={data.map(run => fresh.get(run.id) ?? run)} asOf={live.overview?.asOf ?? data[0]?.updatedAt ?? ''} />
    </>
  )
}
