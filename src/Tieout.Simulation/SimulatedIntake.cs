using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Simulation.Store;

namespace Tieout.Simulation;

/// <summary>What billing hands over: invoices and credit memos of a few customers. It makes again what restored books have forgotten.</summary>
internal sealed class SimulatedIntake
{
    private readonly SimulatedWorld _world;
    private readonly List<CustomerRow> _customers = [];
    private readonly List<(CustomerRow Customer, ErpInvoice Document)> _wanted = [];

    public SimulatedIntake(SimulatedWorld world)
    {
        _world = world;
        foreach (var number in Enumerable.Range(1, world.Draw.Between(3, 8)))
            _customers.Add(new CustomerRow(world.NewId(), world.NewId(), $"C-{number}", $"Customer {number}", "US", number % 2 == 0 ? "EUR" : "USD"));
    }

    /// <summary>Every document that ought to be in an ERP once.</summary>
    public IReadOnlyList<ErpInvoice> Wanted => [.. _wanted.Select(one => one.Document)];

    /// <summary>Code of the legal entity whose documents go to an ERP.</summary>
    public static string EntityOf(string erp) => erp == "erp-us" ? "US" : "DE";

    /// <summary>Hands over one more document: mostly an invoice, now and then a credit memo for an earlier one.</summary>
    public void Next()
    {
        var draw = _world.Draw;
        var customer = draw.Pick(_customers);
        var earlier = _wanted.FindAll(one => one.Customer == customer && one.Document.Total > 0
            && !_wanted.Exists(memo => memo.Document.Corrects.Contains(one.Document.Key)));
        var corrected = earlier.Count > 0 && draw.OneIn(5) ? draw.Pick(earlier).Document : null;
        var number = _wanted.Count + 1;
        var total = corrected is null ? draw.Between(100, 99_999) / 100m : -corrected.Total;
        var day = DateOnly.FromDateTime(_world.Time.Now.UtcDateTime);
        var key = FormattableString.Invariant($"{(customer.Currency == "EUR" ? "DE" : "US")}{(corrected is null ? "" : "C")}-{number:000}");
        _wanted.Add((customer, new ErpInvoice(
            key, customer.Code, "", Currency.Of(customer.Currency), day, day.AddDays(30), 30,
            [new ErpLine("revenue", total, "Seats", "T0")], [new ErpTax("T0", 0m, total, 0m)], total)
        {
            Corrects = corrected is null ? [] : [corrected.Key],
        }));
        _world.Faults.Tell($"{key} is to be posted{(corrected is null ? "" : $"; it corrects {corrected.Key}")}");
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
            server.Books = server.Books.Add(new PostingRow(_world.NewId(), customer.Currency == "EUR" ? "DE" : "US", customer, document, _world.Time.Now));
        }
    }
}
