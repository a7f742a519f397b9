namespace Tieout.Application.Posting;

/// <summary>What an ERP means by turning documents away.</summary>
internal enum TurnedAwayAs
{
    /// <summary>Nobody knows: others may be meant, or none.</summary>
    Company,

    /// <summary>
    /// Once more, and no other that nothing is known against, or each of those as often: nothing may be left that could pass. Whether the ERP means it
    /// shows by whether it answers anything else.
    /// </summary>
    Lone,

    /// <summary>
    /// This one document: the ERP took others since it was turned away before, or in this very call; or that was found out before, and nothing speaks
    /// against it now.
    /// </summary>
    Meant,
}

/// <summary>
/// How many documents of a lane travel together after the ERP answered calls and turned them away whole (403, 413, a right that is missing), and which it
/// turns away alone. One document may be to blame for all of a call: they go in smaller and smaller company until it stands alone. An ERP that turns
/// everything away does so with single documents, too; one that takes others meanwhile means the document.
/// </summary>
/// <remarks>
/// Each program finds out for itself. What it has found out about a document stands in the books as the document's tries, so that a program that is
/// started anew goes on from there.
/// </remarks>
internal sealed class LaneCompany
{
    // The first may be a moment's.
    private const int Borne = 1;
    private const int MostHalvings = 20;

    // So often alone, and all others too: what could pass would have passed in between. Documents of one account wait for each other, so that a few
    // that are meant may be all there is to send.
    private const int Rounds = 3;

    // More than wait behind one that is meant. Beyond it they are found out anew.
    private const int MostRemembered = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Seen> _turned = [];
    private int _inARow;
    private int _halvings;
    private long _calls; // of which something was turned away
    private long _taken; // calls of which the ERP took something
    private long _strangers; // documents turned away that nothing is known against: the ERP may be away

    /// <summary>How many of so many may travel together.</summary>
    public int Most(int limit)
    {
        lock (_gate) return Math.Max(1, limit >> _halvings);
    }

    /// <summary>Documents that the ERP gave another answer about.</summary>
    public void Forget(IEnumerable<Guid> documents)
    {
        lock (_gate)
            if (_turned.Count > 0)
                foreach (var document in documents) _turned.Remove(document);
    }

    /// <summary>A call of which nothing was turned away.</summary>
    /// <param name="documents">Those of it that the ERP took.</param>
    public void Passed(IReadOnlyCollection<Guid> documents)
    {
        lock (_gate)
        {
            Took(documents);
            (_inARow, _halvings) = (0, Math.Max(0, _halvings - 1));
        }
    }

    /// <summary>An answered call of which documents were turned away: whether one of them is meant.</summary>
    /// <param name="documents">Those turned away, at least one, each with whether a try of it was counted before this one.</param>
    /// <param name="taken">Those of the same call that the ERP took.</param>
    /// <param name="together">Documents of the call.</param>
    public TurnedAwayAs TurnedAway(IReadOnlyList<(Guid Id, bool Tried)> documents, IReadOnlyCollection<Guid> taken, int together)
    {
        lock (_gate)
        {
            Took(taken);
            _calls++;
            ForgetGone();
            if (documents is [var (alone, tried)] && IsMeant(alone, tried, inThisCall: taken.Count > 0))
            {
                Remember(documents, alone: together == 1);
                return TurnedAwayAs.Meant;
            }
            var lone = documents is [var again] && IsLone(again.Id);
            if (++_inARow > Borne && together > 1) _halvings = Math.Min(MostHalvings, _halvings + 1);
            if (documents is not [(_, Tried: true)]) _strangers++;
            Remember(documents, alone: together == 1);
            return lone ? TurnedAwayAs.Lone : TurnedAwayAs.Company;
        }
    }

    private void Took(IReadOnlyCollection<Guid> documents)
    {
        if (documents.Count == 0) return;
        _taken++;
        if (_turned.Count == 0) return;
        foreach (var document in documents) _turned.Remove(document);
    }

    // Other programs send them, too, and people take them back: what did not come again while all others came so often is not there any more.
    private void ForgetGone()
    {
        var oldest = _calls - Rounds * (long)_turned.Count;
        foreach (var (document, seen) in _turned)
            if (seen.Call < oldest) _turned.Remove(document);
    }

    private bool IsMeant(Guid document, bool tried, bool inThisCall) =>
        inThisCall || _turned.TryGetValue(document, out var seen) && (seen.Taken < _taken || tried && seen.Strangers == _strangers);

    private bool IsLone(Guid document) => _turned.TryGetValue(document, out var seen)
        && _turned.All(one => one.Key == document || one.Value.Tried || (one.Value.Alone >= Rounds && seen.Alone >= Rounds));

    private void Remember(IReadOnlyList<(Guid Id, bool Tried)> documents, bool alone)
    {
        if (_turned.Count + documents.Count > MostRemembered) _turned.Clear();
        foreach (var (document, tried) in documents)
            _turned[document] = new Seen(_calls, _taken, _strangers, tried, (alone ? 1 : 0) + (_turned.TryGetValue(document, out var seen) ? seen.Alone : 0));
    }

    // Which call it was last, how much was known then, and how often it was alone.
    private readonly record struct Seen(long Call, long Taken, long Strangers, bool Tried, int Alone);
}
