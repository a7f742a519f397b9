import { useEffect, useState } from 'react'
import type { LaneList, LaneView } from '../api/client'
import { count } from '../shared/Money'
import { Link } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { minute } from '../shared/time'
import { useApi } from '../shared/useApi'
import { TellDialog, type Command } from './TellDialog'
import './lanes.css'

const everyTwoSeconds = 2_000

/** What goes into each ERP, how fast, and until when. */
export default function Lanes() {
  const [beat, setBeat] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setBeat(was => was + 1), everyTwoSeconds)
    return () => clearInterval(timer)
  }, [])
  const { data, error, again } = useApi<LaneList>('/v1/lanes', beat)
  const [told, setTold] = useState<{ lane: LaneView; command: Command } | null>(null)
  if (!data) return error ? <Failed error={error} again={again} /> : <Loading what="the lanes" />
  return (
    <>
      <h1>Lanes</h1>
      {data.rows.length === 0 && <Empty><strong>No program has posted into an ERP yet.</strong><p>Each target appears here with its slots and what waits, as soon as tieout post or tieout serve works for it.</p></Empty>}
      <ul className="lanes">
        {data.rows.map(lane => <Lane key={lane.target} lane={lane} tell={command => setTold({ lane, command })} />)}
      </ul>
      {told && <TellDialog target={told.lane.target} command={told.command} close={() => { setTold(null); again() }} />}
    </>
  )
}

function Lane({ lane, tell }: { lane: LaneView; tell: (command: Command) => void }) {
  const { slots, waiting } = lane
  const running = !['paused', 'draining', 'drained'].includes(lane.state)
  return (
    <li aria-labelledby={`lane-${lane.target}`}>
      <header>
        <h2 id={`lane-${lane.target}`}>{lane.target}</h2>
        <StatusBadge state={lane.state} title={lane.why} />
        <span className="muted">{lane.legalEntities.join(', ')}</span>
        <span className="buttons">
          {running && <button type="button" onClick={() => tell('drain')}>Drain</button>}
          {lane.state !== 'paused' && <button type="button" onClick={() => tell('pause')}>Pause</button>}
          {!running && <button type="button" className="primary" onClick={() => tell('resume')}>Resume</button>}
        </span>
      </header>
      <p className="forecast">{lane.forecast.words}</p>
      {lane.why && <p className="why">{lane.why}{lane.until && lane.state !== 'closed' && <>, until <time dateTime={lane.until}>{minute(lane.until)}</time></>}</p>}
      <Slots lane={lane} />
      <dl>
        <div><dt>Staged</dt><dd>{count(waiting.staged)}</dd></div>
        <div><dt>Ready</dt><dd>{count(waiting.ready)}</dd></div>
        <div><dt>On the wire</dt><dd>{count(waiting.sending)}</dd></div>
        <div className={waiting.inDoubt > 0 ? 'warn' : ''}><dt>In doubt</dt><dd>{count(waiting.inDoubt)}</dd></div>
        <div className={lane.deadLetters > 0 ? 'bad' : ''}><dt>Gave up</dt><dd>{lane.deadLetters > 0 ? <Link to="/exceptions?text=gave-up">{count(lane.deadLetters)}</Link> : '0'}</dd></div>
        <div><dt>Per hour</dt><dd>{lane.documentsPerHour == null ? '—' : count(lane.documentsPerHour)}</dd></div>
      </dl>
      <p className="settings">
        {slots.programs === 1 ? '1 program' : `${count(slots.programs)} programs`} · batches of {count(lane.batchSize)} · {lane.callsPerMinute == null ? 'no rate' : `${count(lane.callsPerMinute)} calls a minute`} · {hours(lane)}
        {lane.turnedAway > 0 && <> · {count(lane.turnedAway)} calls turned away so far</>}
        {lane.lastCommand && <> · told to {lane.lastCommand.command} by {lane.lastCommand.actor}, <time dateTime={lane.lastCommand.at}>{minute(lane.lastCommand.at)}</time></>}
      </p>
    </li>
  )
}

/** One mark for each slot: busy, held, free, or not taken by the ERP now. */
function Slots({ lane: { slots, target } }: { lane: LaneView }) {
  const words = `${slots.busy} of ${slots.now} ${slots.now === 1 ? 'slot' : 'slots'} busy` + (slots.now < slots.most ? `; ${slots.most} are configured` : '')
  return (
    <div className="slots" role="img" aria-label={`${target}: ${words}`}>
      {Array.from({ length: slots.most }, (_, index) => (
        <i key={index} className={index < slots.busy ? 'busy' : index < slots.held ? 'held' : index < slots.now ? 'free' : 'gone'} />
      ))}
      <span>{words}</span>
    </div>
  )
}

const hours = ({ hours: { open, maintenance, zone } }: LaneView) =>
  (open.length > 0 ? open.join(', ') : 'open always') + (maintenance.length > 0 ? `, but not ${maintenance.join(', ')}` : '')
  + (open.length + maintenance.length > 0 ? ` (${zone})` : '')
