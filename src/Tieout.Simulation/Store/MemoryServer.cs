namespace Tieout.Simulation.Store;

/// <summary>
/// The simulated database server: the books, the sessions that hold locks, and how it fails. It outlives every program. One
/// operation is one step: whole or not at all.
/// </summary>
internal sealed class MemoryServer
{
    private readonly Dictionary<int, object> _alive = [];
    private readonly Dictionary<string, (object Holder, object Program)> _introducing = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _locked = [];
    private readonly HashSet<object> _dead = [];

    /// <summary>What stands in it.</summary>
    public Books Books { get; set; } = new();

    /// <summary>Counts restarts: what was begun before one is not carried out after it.</summary>
    public int Epoch { get; private set; }

    /// <summary>Takes nobody in.</summary>
    public bool IsDown { get; set; }

    /// <summary>Takes nothing more down.</summary>
    public bool IsFull { get; set; }

    /// <summary>Ends all sessions, and with them all locks.</summary>
    public void CutSessions()
    {
        Epoch++;
        _alive.Clear();
        _introducing.Clear();
        _locked.Clear();
    }

    /// <summary>A program is dead, and the server has noticed: what it asked last may still be carried out, but it holds nothing.</summary>
    public void Bury(object program)
    {
        _dead.Add(program);
        CutSessions(program);
    }

    /// <summary>The sessions of one program end, because its line broke.</summary>
    public void CutSessions(object program)
    {
        foreach (var (node, owner) in _alive.ToList())
            if (owner == program) _alive.Remove(node);
        foreach (var (erp, one) in _introducing.ToList())
            if (one.Program == program) _introducing.Remove(erp);
    }

    /// <summary>Whether a node's session stands.</summary>
    public bool IsAlive(int node) => _alive.ContainsKey(node);

    /// <summary>A node's session begins, unless another has that number.</summary>
    public bool Enter(int node, object program) => _dead.Contains(program) || _alive.TryAdd(node, program);

    /// <summary>A node's session ends.</summary>
    public void Leave(int node) => _alive.Remove(node);

    /// <summary>Takes the right to introduce customers to an ERP, if nobody has it.</summary>
    public bool TryIntroduce(string erp, object holder, object program) => !_dead.Contains(program) && _introducing.TryAdd(erp, (holder, program));

    /// <summary>Gives it back.</summary>
    public void EndIntroduction(string erp, object holder)
    {
        if (_introducing.TryGetValue(erp, out var present) && present.Holder == holder) _introducing.Remove(erp);
    }

    /// <summary>A transaction of somebody else locks rows; disposing of what is answered ends it.</summary>
    public IDisposable Lock(IReadOnlyCollection<Guid> postings)
    {
        foreach (var id in postings) _locked[id] = Epoch;
        return new Held(this, postings);
    }

    /// <summary>Whether somebody else holds the row.</summary>
    public bool IsLocked(Guid posting) => _locked.Count > 0 && _locked.ContainsKey(posting);

    /// <summary>Demands that nobody else holds any of the rows, before anything is changed.</summary>
    /// <exception cref="RowLockedException">Somebody does: the operation has to wait.</exception>
    public void Demand(IEnumerable<Guid> postings)
    {
        if (_locked.Count > 0 && postings.Any(_locked.ContainsKey)) throw new RowLockedException();
    }

    private sealed class Held(MemoryServer server, IReadOnlyCollection<Guid> postings) : IDisposable
    {
        public void Dispose()
        {
            foreach (var id in postings) server._locked.Remove(id);
        }
    }
}

/// <summary>The operation waits for a lock; nothing of it was done.</summary>
internal sealed class RowLockedException : Exception
{
    public RowLockedException() { }

    public RowLockedException(string message) : base(message) { }

    public RowLockedException(string message, Exception inner) : base(message, inner) { }
}
