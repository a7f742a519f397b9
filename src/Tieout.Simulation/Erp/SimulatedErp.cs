using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Simulation.Time;

namespace Tieout.Simulation.Erp;

/// <summary>One entry of the ERP's own ledger: the witness.</summary>
/// <param name="SeenFrom">Not seen by look-ups before.</param>
/// <param name="Account">Their account of the lines, as the rules chose it; empty where none were published.</param>
internal sealed record LedgerEntry(string Key, string Content, string Number, DateTimeOffset At, DateTimeOffset SeenFrom, string Account);

/// <summary>The inside of one simulated ERP tenant: what it holds and what it says to a request that has reached it.</summary>
internal sealed class SimulatedErp(string name, ErpTemper temper, VirtualTime time, FaultTable faults, PoisonedDocuments poison, Draw draw)
{
    private readonly Dictionary<string, List<LedgerEntry>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _customers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _doubtful = new(StringComparer.Ordinal);

    // Taken and in no book; a second time is the first, as where the first step names the key.
    private readonly Dictionary<string, ErpDocument> _created = new(StringComparer.Ordinal);

    public string Name => name;

    public ErpTemper Temper => temper;

    /// <summary>All that is booked, in the order it was.</summary>
    public List<LedgerEntry> Ledger { get; } = [];

    /// <summary>Requests that may still be booked.</summary>
    public int OnTheWay { get; set; }

    /// <summary>The period is closed.</summary>
    public bool PeriodClosed { get; set; }

    /// <summary>Codes of customers it will not trade with.</summary>
    public HashSet<string> Blocked { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys it refuses, and why.</summary>
    public Dictionary<string, Finding> Refusing { get; } = new(StringComparer.Ordinal);

    /// <summary>What a document says, in one line.</summary>
    public static string ContentOf(ErpDocument document) => document is ErpInvoice invoice
        ? FormattableString.Invariant($"{invoice.CustomerCode} {invoice.Currency} {invoice.IssueDate:yyyy-MM-dd} {invoice.Total}")
        : FormattableString.Invariant($"{document.Currency} {document.Date:yyyy-MM-dd} {string.Join(' ', Moved((ErpEntry)document))}");

    /// <summary>Their account of its first line, as the rules chose it.</summary>
    public static string AccountOf(ErpDocument document) =>
        document is ErpInvoice invoice ? invoice.Lines[0].Account : ((ErpEntry)document).Lines[0].Account;

    /// <summary>Books a document, or says why not.</summary>
    public DeliveryOutcome Book(ErpDocument document)
    {
        var content = ContentOf(document);
        if (_byKey.GetValueOrDefault(document.Key) is { } held)
        {
            if (temper.Unique || (temper.Window > TimeSpan.Zero && !HasForgotten(held[^1]))) return Again(held[0], content);
        }
        if (PeriodClosed) return Refused("period-closed", "The period is closed.", "Open it.");
        if (Refusing.TryGetValue(document.Key, out var finding)) return new DeliveryOutcome.Refused(finding);
        foreach (var (code, id) in CustomersOf(document))
        {
            if (Blocked.Contains(code)) return Refused("customer-blocked", "The customer is blocked.", "Unblock it.");
            if (id != _customers.GetValueOrDefault(code)) return Refused("customer-unknown", "No such customer.", "Create it.");
        }
        if (poison.Unsettled.ContainsKey(document.Key))
        {
            _created.TryAdd(document.Key, document);
            faults.Strike(Fault.PoisonUnsettled, $"{name} takes {document.Key} and does not book it");
            return new DeliveryOutcome.NoAnswer("It is created, and not posted yet.", Taken: true);
        }
        var late = faults.Strikes(Fault.LateSight, 8, $"{document.Key} is booked in {name} and not seen yet")
            ? draw.Between(TimeSpan.Zero, temper.Sight)
            : TimeSpan.Zero;
        var entry = new LedgerEntry(document.Key, content, $"{name}/{Ledger.Count + 1}", time.Now, time.Now + late, AccountOf(document));
        Ledger.Add(entry);
        if (!_byKey.TryGetValue(document.Key, out held)) _byKey[document.Key] = held = [];
        held.Add(entry);
        faults.Tell($"{name} books {document.Key} as {entry.Number}{(held.Count > 1 ? ", A SECOND TIME" : "")}");
        return new DeliveryOutcome.Accepted(new ErpReference(entry.Number, entry.Number));
    }

    /// <summary>What was held up is booked.</summary>
    public void BookMended()
    {
        foreach (var (key, document) in _created.Where(pair => !poison.Unsettled.ContainsKey(pair.Key)).ToList())
        {
            _created.Remove(key);
            if (!_byKey.ContainsKey(key)) Book(document);
        }
    }

    /// <summary>What a look-up sees.</summary>
    public LookUpOutcome Find(ErpDocument document)
    {
        if (_created.ContainsKey(document.Key)) return new LookUpOutcome.NoAnswer("It is created, and not posted yet.", ThisDocument: true);
        var seen = _byKey.GetValueOrDefault(document.Key)?.FindAll(entry => entry.SeenFrom <= time.Now);
        if (seen is null or { Count: 0 }) return new LookUpOutcome.Absent();
        if (temper is { Unique: false } && temper.Window > TimeSpan.Zero && HasForgotten(seen[^1]) && !faults.Ceased)
            faults.Strike(Fault.KeyForgotten, $"{name} would take {document.Key} again, and is asked for it first");
        if (seen.Count > 1 || seen[0].Content != ContentOf(document) || _doubtful.GetValueOrDefault(document.Key) > time.Now)
            return new LookUpOutcome.Conflict(new Finding(ExceptionCategory.Business, "key-taken", "It stands there twice, or otherwise.", "Look at both."));
        return new LookUpOutcome.Found(new ErpReference(seen[0].Number, seen[0].Number));
    }

    /// <summary>Until then it shows a key twice.</summary>
    public void ShowTwice(string key, DateTimeOffset until) => _doubtful[key] = until;

    /// <summary>Finds or creates a customer.</summary>
    public CustomerOutcome Customer(ErpCustomer customer)
    {
        if (Blocked.Contains(customer.Code))
            return new CustomerOutcome.Refused(new Finding(ExceptionCategory.Business, "customer-blocked", "The customer is blocked.", "Unblock it."));
        if (!_customers.TryGetValue(customer.Code, out var id)) _customers[customer.Code] = id = $"{name}-{_customers.Count + 1}";
        return new CustomerOutcome.Present(id);
    }

    private static IEnumerable<(string Code, string Id)> CustomersOf(ErpDocument document) => document is ErpInvoice invoice
        ? [(invoice.CustomerCode, invoice.ErpCustomerId)]
        : ((ErpEntry)document).Lines.Where(line => line.CustomerCode.Length > 0).Select(line => (line.CustomerCode, line.ErpCustomerId));

    // By account, customer, amount and what it settles, in any order.
    private static IEnumerable<string> Moved(ErpEntry entry) => entry.Lines
        .Select(line => FormattableString.Invariant($"{line.LedgerAccount}:{line.CustomerCode}:{line.Amount}:{line.Settles}"))
        .Order(StringComparer.Ordinal);

    private bool HasForgotten(LedgerEntry entry) => faults.Has(Fault.KeyForgotten) && entry.At + temper.Window <= time.Now;

    private static DeliveryOutcome Again(LedgerEntry held, string content) => held.Content == content
        ? new DeliveryOutcome.AlreadyPosted(new ErpReference(held.Number, held.Number))
        : Refused("key-taken", "Another document has this key.", "Look at both.");

    private static DeliveryOutcome.Refused Refused(string code, string cause, string remedy) => new(new Finding(ExceptionCategory.Business, code, cause, remedy));
}
