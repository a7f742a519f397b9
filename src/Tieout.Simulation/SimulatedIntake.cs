using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;
using Tieout.Simulation.Store;

namespace Tieout.Simulation;

/// <summary>
/// What billing and finance hand over: invoices and credit memos of a few customers, and entries of every kind about them
/// or by themselves: payments, refunds, disputes, write-offs, journals, and what takes one of these back. It makes again what
/// restored books have forgotten.
/// </summary>
internal sealed class SimulatedIntake
{
    private readonly SimulatedWorld _world;
    private readonly List<CustomerRow> _customers = [];
    private readonly List<(CustomerRow Customer, ErpDocument Document)> _wanted = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _follows = new(StringComparer.Ordinal);

    public SimulatedIntake(SimulatedWorld world)
    {
        _world = world;
        foreach (var number in Enumerable.Range(1, world.Draw.Between(3, 8)))
            _customers.Add(new CustomerRow(world.NewId(), world.NewId(), $"C-{number}", $"Customer {number}", "US", number % 2 == 0 ? "EUR" : "USD"));
    }

    /// <summary>Every document that ought to be in an ERP once.</summary>
    public IReadOnlyList<ErpDocument> Wanted => [.. _wanted.Select(one => one.Document)];

    /// <summary>Keys of all that a document is about or stands on.</summary>
    public IReadOnlyList<string> Before(ErpDocument document) => [.. PostingRow.BeforeIt(document).Union(Follows(document), StringComparer.Ordinal)];

    /// <summary>Code of the legal entity whose documents go to an ERP.</summary>
    public static string EntityOf(string erp) => erp == "erp-us" ? "US" : "DE";

    /// <summary>Hands over one more document: mostly an invoice, now and then something about an earlier one, or a journal.</summary>
    public void Next()
    {
        var draw = _world.Draw;
        var customer = draw.Pick(_customers);
        var document = draw.OneIn(3) ? AboutEarlier(customer) ?? Invoice(customer, null) : draw.OneIn(10) ? Journal(customer) : Invoice(customer, null);
        _wanted.Add((customer, document));
        var about = Before(document);
        _world.Faults.Tell($"{document.Key} is to be posted{(about.Count == 0 ? "" : $"; it is about {string.Join(", ", about)}")}");
        MakeMissing();
    }

    /// <summary>Hands over one more invoice of each legal entity, that nothing is wrong with.</summary>
    public void Ordinary()
    {
        foreach (var customer in _customers.DistinctBy(customer => customer.Currency))
        {
            _wanted.Add((customer, Invoice(customer, null)));
            _world.Faults.Tell($"{_wanted[^1].Document.Key} is to be posted");
        }
        MakeMissing();
    }

    /// <summary>Makes what the books do not have: what was billed just now, and what they have forgotten.</summary>
    public void MakeMissing()
    {
        var server = _world.Server;
        if (server.IsDown || server.IsFull) return; // it is made with the next
        foreach (var (customer, document) in _wanted)
        {
            if (server.Books.Keys.ContainsKey(document.Key)) continue;
            server.Books = server.Books.Add(new PostingRow(_world.NewId(), customer.Currency == "EUR" ? "DE" : "US", customer, document, _world.Time.Now)
            {
                Follows = Follows(document),
            });
        }
    }

    // A credit memo, or an entry that settles it or takes it back; null where the customer has nothing left to do something about.
    private ErpDocument? AboutEarlier(CustomerRow customer)
    {
        var used = _wanted.SelectMany(one => Before(one.Document)).ToHashSet(StringComparer.Ordinal);
        var left = _wanted.FindAll(one => one.Customer == customer && !used.Contains(one.Document.Key)
            && one.Document is not ErpEntry { Kind: EntryKind.Reversal }).ConvertAll(one => one.Document);
        if (left.Count == 0) return null;
        return _world.Draw.Pick(left) switch
        {
            ErpInvoice { Total: < 0 } memo => Entry(
                customer, EntryKind.Refund, Owed(customer, -memo.Total, memo.Key), new ErpEntryLine(LedgerAccount.CashClearing, memo.Total, "")),
            ErpInvoice invoice => AboutInvoice(customer, invoice),
            ErpEntry { Kind: EntryKind.Payment } payment when _world.Draw.OneIn(2) => PaidBack(customer, payment),
            ErpEntry entry => Entry(customer, EntryKind.Reversal, [.. entry.Lines.Select(line => line with { Amount = -line.Amount, Settles = "" })]) with
            {
                Reverses = entry.Key,
            },
            var other => throw new InvalidOperationException($"Nothing is about {other}."),
        };
    }

    private ErpDocument AboutInvoice(CustomerRow customer, ErpInvoice invoice)
    {
        var settled = Owed(customer, -invoice.Total, invoice.Key);
        return _world.Draw.Between(1, 5) switch
        {
            1 => Entry(customer, EntryKind.WriteOff, new ErpEntryLine(LedgerAccount.BadDebt, invoice.Total, ""), settled),
            2 => Entry(customer, EntryKind.Dispute, Owed(customer, invoice.Total, "") with { LedgerAccount = LedgerAccount.DisputedReceivable }, settled),
            3 => Entry(customer, EntryKind.Payment, new ErpEntryLine(LedgerAccount.CashClearing, invoice.Total, ""), settled),
            _ => Invoice(customer, invoice),
        };
    }

    // The document does not name what it takes the money of: our books alone know what goes first.
    private ErpEntry PaidBack(CustomerRow customer, ErpEntry payment)
    {
        var amount = -payment.Owed;
        var refund = Entry(customer, EntryKind.Refund, Owed(customer, amount, ""), new ErpEntryLine(LedgerAccount.CashClearing, -amount, ""));
        _follows[refund.Key] = [payment.Key, .. PostingRow.BeforeIt(payment)];
        return refund;
    }

    private IReadOnlyList<string> Follows(ErpDocument document) => _follows.GetValueOrDefault(document.Key) ?? [];

    private ErpEntry Journal(CustomerRow customer)
    {
        var amount = Amount();
        return _world.Draw.OneIn(2)
            ? Entry(customer, EntryKind.RevenueJournal, new(LedgerAccount.DeferredRevenue, amount, ""), new(LedgerAccount.Revenue, -amount, ""))
            : Entry(customer, EntryKind.ManualJournal, new(LedgerAccount.BankFees, amount, ""), new(LedgerAccount.CashClearing, -amount, ""));
    }

    private ErpEntry Entry(CustomerRow customer, EntryKind kind, params ErpEntryLine[] lines) =>
        new(kind, Key(customer, Words.Of(kind)[..1].ToUpperInvariant()), Currency.Of(customer.Currency), Today(), "", lines);

    private ErpInvoice Invoice(CustomerRow customer, ErpInvoice? corrected)
    {
        var (day, total) = (Today(), corrected is null ? Amount() : -corrected.Total);
        return new ErpInvoice(
            Key(customer, corrected is null ? "" : "C"), customer.Code, "", Currency.Of(customer.Currency), day, day.AddDays(30), 30,
            [new ErpLine("revenue", total, "Seats", "T0")], [new ErpTax("T0", 0m, total, 0m)], total)
        {
            Corrects = corrected is null ? [] : [corrected.Key],
        };
    }

    private static ErpEntryLine Owed(CustomerRow customer, decimal amount, string settles) =>
        new(LedgerAccount.Receivable, amount, "") { CustomerCode = customer.Code, Settles = settles };

    private string Key(CustomerRow customer, string letter) =>
        FormattableString.Invariant($"{(customer.Currency == "EUR" ? "DE" : "US")}{letter}-{_wanted.Count + 1:000}");

    private decimal Amount() => _world.Draw.Between(100, 99_999) / 100m;

    private DateOnly Today() => DateOnly.FromDateTime(_world.Time.Now.UtcDateTime);
}
