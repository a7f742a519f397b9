import { useState, type FormEvent } from 'react'
import type { Timeline as Data, Story as StoryData } from '../api/client'
import { useLive } from '../shared/live'
import { Money } from '../shared/Money'
import { Link, navigate, timelineOf } from '../shared/router'
import { Empty, Failed, Loading } from '../shared/States'
import { StatusBadge } from '../shared/StatusBadge'
import { useApi } from '../shared/useApi'
import { StepItem } from './StepItem'
import './timeline.css'

export default function Timeline({ id }: { id: string }) {
  return (
    <>
      <h1>Timeline</h1>
      <Search id={id} />
      {id
        ? <Found id={id} />
        : <Empty><strong>Enter any id.</strong><p>Correlation id, invoice number, posting id, journal entry id, ERP document number or id, customer, billing account or subscription code, import row (run id:row). Each leads to the same story.</p></Empty>}
    </>
  )
}

function Search({ id }: { id: string }) {
  const [text, setText] = useState(id)
  const go = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) navigate(timelineOf(text.trim()))
  }
  return (
    <form className="seek" onSubmit={go} role="search" aria-label="Timeline">
      <input aria-label="Id" value={text} onChange={event => setText(event.target.value)} maxLength={200} spellCheck={false} autoFocus={!id} />
      <button type="submit" className="primary">Find</button>
    </form>
  )
}

function Found({ id }: { id: string }) {
  const live = useLive()
  const path = '/v1/timeline/' + id.split('/').map(encodeURIComponent).join('/')
  const { data, error, again } = useApi<Data>(path, live.overview?.asOf)
  if (error?.code === 'not-found') return <Empty><strong>Nothing has this id.</strong><p>{error.message}</p></Empty>
  if (error && !data) return <Failed error={error} again={again} />
  if (!data) return <Loading what="the story" />
  return data.story ? <Story story={data.story} foundAs={data.foundAs} /> : <Candidates data={data} />
}

function Story({ story, foundAs }: { story: StoryData; foundAs: string[] }) {
  return (
    <>
      <div className="answer"><p>{story.answer}</p><span className="small muted">Found as {foundAs.join(', ')}.</span></div>
      <ol className="story" aria-label="Story">
        {story.steps.map((step, index) => <StepItem key={index} step={step} />)}
      </ol>
    </>
  )
}

function Candidates({ data }: { data: Data }) {
  return (
    <>
      <div className="answer"><p>{data.moreCandidates ? 'More than ' : ''}{data.candidates.length} transactions carry this {data.foundAs[0]}. Which one?</p></div>
      <table>
        <thead><tr><th scope="col">Transaction</th><th scope="col">Month</th><th scope="col">Posting</th><th scope="col" className="num">Total</th></tr></thead>
        <tbody>
          {data.candidates.map(candidate => (
            <tr key={candidate.id}>
              <th scope="row"><Link to={timelineOf(candidate.id)}>{candidate.title}</Link></th>
              <td>{candidate.month}</td><td><StatusBadge state={candidate.state} /></td>
              <td className="num"><Money value={candidate.amount} to={timelineOf(candidate.id)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.stops.length > 0 && <ol className="story" aria-label="What stops it">{data.stops.map((step, index) => <StepItem key={index} step={step} />)}</ol>}
    </>
  )
}
