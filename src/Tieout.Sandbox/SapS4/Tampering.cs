using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.SapS4;

/// <summary>What people and other programs do to an ERP's books behind our back: <c>POST /_sandbox/tamper/…</c>.</summary>
internal static class Tampering
{
    /// <summary>Adds the controls; <paramref name="ledger"/> and <paramref name="master"/> are asked for on each call.</summary>
    public static void Map(IEndpointRouteBuilder control, Func<SapLedger> ledger, Func<SapMasterData> master)
    {
        var tamper = control.MapGroup("/tamper");
        tamper.MapPost("/delete", (Which which) => Done(ledger().Tamper(which.CompanyCode, which.Reference, _ => null)));
        tamper.MapPost("/alter", (Alter alter) => Done(ledger().Tamper(
            alter.CompanyCode, alter.Reference, document => document.With(Shifted(document.Items, alter.Kind, alter.Amount)))));
        tamper.MapPost("/in-books", (Amount other) => Done(ledger().Tamper(
            other.CompanyCode, other.Reference, document => document.With(Revalued(document.Items, other.By)))));
        tamper.MapPost("/move", (Move move) => Done(ledger().Tamper(
            move.CompanyCode, move.Reference, document => document.With(document.Items, document.PostingDate.AddMonths(move.Months)))));
        tamper.MapPost("/customer", (Customer other) => Done(ledger().Tamper(
            other.CompanyCode, other.Reference, document => document.With(Rewritten(document.Items, Number(master(), other.Code))))));
        // Enters a copy: a duplicate under the same reference, a foreign document under another.
        tamper.MapPost("/copy", (Copy copy) =>
        {
            if (ledger().Under(copy.CompanyCode, copy.Reference) is not [.., var original]) return Results.NotFound();
            ledger().Book(original.With(original.Items, otherReference: copy.As ?? copy.Reference));
            return Results.NoContent();
        });
    }

    private static IResult Done(bool found) => found ? Results.NoContent() : Results.NotFound();

    private static string Number(SapMasterData master, string code) => master.UnderExternal(code)[0].Number;

    // The customer's item takes the other side, so that the document still balances.
    private static SapItem[] Shifted(SapItem[] items, char kind, decimal amount)
    {
        var shifted = items.ToArray();
        var (one, customer) = (Array.FindIndex(shifted, item => item.Kind == kind), Array.FindIndex(shifted, item => item.Kind == 'D'));
        shifted[one] = shifted[one] with { Amount = shifted[one].Amount - amount, InCompany = shifted[one].InCompany - amount };
        shifted[customer] = shifted[customer] with { Amount = shifted[customer].Amount + amount, InCompany = shifted[customer].InCompany + amount };
        return shifted;
    }

    // In the company code's currency alone, as somebody's other rate would have it; the last item takes the other side.
    private static SapItem[] Revalued(SapItem[] items, decimal by)
    {
        var other = items.ToArray();
        other[0] = other[0] with { InCompany = other[0].InCompany + by };
        other[^1] = other[^1] with { InCompany = other[^1].InCompany - by };
        return other;
    }

    private static SapItem[] Rewritten(SapItem[] items, string customer) =>
        [.. items.Select(item => item.Kind == 'D' ? item with { Customer = customer } : item)];

    internal record Which(string CompanyCode, string Reference);

    /// <summary>Kind <c>S</c> changes the net amount, <c>T</c> the tax.</summary>
    internal sealed record Alter(string CompanyCode, string Reference, char Kind, decimal Amount) : Which(CompanyCode, Reference);

    internal sealed record Amount(string CompanyCode, string Reference, decimal By) : Which(CompanyCode, Reference);

    internal sealed record Move(string CompanyCode, string Reference, int Months) : Which(CompanyCode, Reference);

    internal sealed record Customer(string CompanyCode, string Reference, string Code) : Which(CompanyCode, Reference);

    internal sealed record Copy(string CompanyCode, string Reference, string? As = null) : Which(CompanyCode, Reference);
}
