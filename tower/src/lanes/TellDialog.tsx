import { useEffect, useRef, useState, type FormEvent } from 'react'
import { ApiError, post, type LaneAnswer } from '../api/client'
import '../exceptions/exceptions.css'

export type Command = 'pause' | 'drain' | 'resume'

const kept = 'tieout.actor'

const says: Record<Command, [title: string, words: string, button: string]> = {
  pause: ['Pause', 'No call begins any more, on any node, within a second. What is on the wire is finished. Nothing is lost: documents wait.', 'Pause'],
  drain: ['Drain', 'Nothing new is sent. What is on the wire or in doubt is brought to its end; then the lane says that it is drained.', 'Drain'],
  resume: ['Resume', 'Documents go again, the oldest accounting month first.', 'Resume'],
}

/** Says what will happen, and asks who and why. */
export function TellDialog({ target, command, close }: { target: string; command: Command; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [request, setRequest] = useState({ actor: localStorage.getItem(kept) ?? '', reason: '' })
  const [error, setError] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  const [title, words, button] = says[command]

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      localStorage.setItem(kept, request.actor)
      await post<LaneAnswer>(`/v1/lanes/${target}/${command}`, request)
      close()
    } catch (trouble) {
      setError(trouble as ApiError)
      setBusy(false)
    }
  }

  return (
    <dialog ref={dialog} aria-labelledby="tell-title" onClose={close}>
      <form onSubmit={event => void send(event)}>
        <h2 id="tell-title">{title} {target}?</h2>
        <p>{words}</p>
        <label>Your name<input required maxLength={100} value={request.actor} onChange={event => setRequest({ ...request, actor: event.target.value })} /></label>
        <label>Reason<input required maxLength={200} autoFocus value={request.reason} onChange={event => setRequest({ ...request, reason: event.target.value })} /></label>
        {error && <div className="state failed" role="alert"><strong>{error.title}</strong><p>{error.message}</p></div>}
        <p className="buttons"><button type="button" onClick={close}>Cancel</button><button type="submit" className="primary" disabled={busy}>{busy ? 'One moment…' : button}</button></p>
      </form>
    </dialog>
  )
}
