import { useState, type FormEvent } from 'react'
import { ApiError, post, type ExceptionDetail } from '../api/client'
import { minute } from '../shared/time'

const kept = 'tieout.actor'

/** Who sees to it, until when, and what was said and done. */
export function Work({ data, changed }: { data: ExceptionDetail; changed: () => void }) {
  const row = data.exception
  const [actor, setActor] = useState(localStorage.getItem(kept) ?? '')
  const [owner, setOwner] = useState(row.assigned)
  const [due, setDue] = useState(row.due ?? '')
  const [comment, setComment] = useState('')
  const [error, setError] = useState<ApiError | null>(null)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    try {
      localStorage.setItem(kept, actor)
      await post(`/v1/exceptions/${row.id}/work`, {
        actor, owner: owner === row.assigned ? null : owner, due: due === (row.due ?? '') ? null : due, comment: comment || null,
      })
      setComment('')
      setError(null)
      changed()
    } catch (trouble) {
      setError(trouble as ApiError)
    }
  }
  return (
    <section className="words" aria-label="Work on it">
      <h2>Who sees to it</h2>
      <form className="work" onSubmit={event => void send(event)}>
        <label>Owner<input value={owner} maxLength={100} placeholder={`queue: ${row.queue.replaceAll('-', ' ')}`} onChange={event => setOwner(event.target.value)} /></label>
        <label>Due<input type="date" value={due} onChange={event => setDue(event.target.value)} /></label>
        <label>Your name<input required maxLength={100} value={actor} onChange={event => setActor(event.target.value)} /></label>
        <label className="grow">Comment<input value={comment} maxLength={1000} onChange={event => setComment(event.target.value)} /></label>
        <button type="submit" disabled={owner === row.assigned && due === (row.due ?? '') && !comment}>Save</button>
      </form>
      {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
      {data.notes.length > 0 && (
        <ol className="notes">
          {data.notes.map((note, index) => <li key={index}><span className="muted small">{minute(note.at)} · {note.actor}</span> {note.text}</li>)}
        </ol>
      )}
    </section>
  )
}
