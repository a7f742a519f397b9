import { useState } from 'react'
import type { ExceptionDetail, ReplayAnswer } from '../api/client'
import { Explain } from '../shared/Explain'
import { useLive } from '../shared/live'
import { Money } from '../shared/Money'
import { Link, timelineOf } from '../shared/router'
import { Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { minute } from '../shared/time'
import { Trail } from '../shared/Trail'
import { useApi } from '../shared/useApi'
import { ReplayDialog } from './ReplayDialog'
import { DryRun } from './DryRun'
import { Waiting } from './Waiting'
import { Work } from './Work'
import './exceptions.css'

export default function ExceptionPage({ id }: { id: string }) {
  const live = useLive()
  const { data, error, again } = useApi<ExceptionDetail>('/v1/exceptions/' + encodeURIComponent(id), live.overview?.asOf)
  const [asking, setAsking] = useState<'replay' | 'cancel' | null>(null)
  const [replayed, setReplayed] = useState<ReplayAnswer | null>(null)
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the exception" />
  const { exception: row, posting } = data
  const story = posting?.businessKey ?? data.correlationId
  return (
    <>
      <Trail to="/exceptions" here={row.subjectKey}>Exceptions</Trail>
      <h1>{data.happened} <StatusBadge state={row.state} /></h1>
      {replayed && <div className="done" role="status">{replayed.businessKey} is {replayed.state === 'cancelled' ? 'cancelled: it goes into no ERP' : `${replayed.state} again`}. Its story goes on in the <Link to={timelineOf(replayed.businessKey)}>timeline</Link>.</div>}
      <div className="case">
        <div>
        <Explain items={[
          ['What happened', data.happened],
          ['Why', row.cause],
          ['Money and period', <><Money value={row.amount} to={story ? timelineOf(story) : undefined} />{row.month ? `, ${row.month}` : ''}{row.entity ? `, legal entity ${row.entity}` : ''}{data.customer ? <>, customer <Link to={timelineOf(data.customer)}>{data.customerName}</Link></> : ''}</>],
          ['Who can fix it', data.owner],
          ['What to do', data.remedy || 'Nothing is prescribed.'],
          ['If nobody does', data.ifNobody],
          ...(data.resolution ? [['How it ended', data.resolution] as [string, string]] : []),
        ]} />
        {data.waiting && <Waiting id={row.id} totals={data.waiting} asOf={live.overview?.asOf} />}
        <Work key={row.assigned + (row.due ?? '') + data.notes.length} data={data} changed={again} />
        {posting && row.state === 'open' && <DryRun id={row.id} parked={posting.state === 'parked'} changed={again} />}
        {data.technical && <section className="words"><h2>The ERP's own words</h2><pre>{data.technical}</pre></section>}
        </div>
        <aside className="box" aria-label="Case">
          <dl className="facts">
            <dt>Category</dt><dd>{row.category}</dd>
            <dt>Code</dt><dd><code>{row.code}</code></dd>
            <dt>Queue</dt><dd>{row.queue.replaceAll('-', ' ')}</dd>
            <dt>Owner</dt><dd>{row.assigned || 'nobody'}{row.due && `, due ${row.due}`}</dd>
            <dt>Group</dt><dd><Link to={`/exceptions?group=${row.group}`}>same trouble</Link></dd>
            <dt>Opened</dt><dd>{minute(row.openedAt)}</dd>
            <dt>Last seen</dt><dd>{minute(row.lastSeenAt)}, {row.repeats}×</dd>
            {posting && <><dt>Posting</dt><dd><StatusBadge state={posting.state} /></dd><dt>Target</dt><dd>{posting.target || 'none yet'}</dd><dt>Tries</dt><dd>{posting.tries}</dd></>}
            {posting && posting.behind > 0 && <><dt>Held up</dt><dd>{posting.behind} of its billing account {posting.behind === 1 ? 'waits' : 'wait'} until it is settled</dd></>}
            {story && <><dt>Story</dt><dd><Link to={timelineOf(story)}>timeline of {posting?.businessKey ?? 'this case'}</Link></dd></>}
          </dl>
          <button type="button" className="primary" disabled={data.noReplay !== ''} aria-describedby="no-replay" onClick={() => setAsking('replay')}>Replay…</button>
          <p id="no-replay" className="small muted">{data.noReplay || 'Fix the cause first; then the posting goes on its way again.'}</p>
          {posting?.state === 'parked' && row.state === 'open' && <button type="button" onClick={() => setAsking('cancel')}>Give up…</button>}
        </aside>
      </div>
      {asking && posting && (
        <ReplayDialog id={row.id} posting={posting} amount={row.amount} wish={asking} close={answer => {
          setAsking(null)
          if (answer) setReplayed(answer)
          again()
        }} />
      )}
    </>
  )
}
