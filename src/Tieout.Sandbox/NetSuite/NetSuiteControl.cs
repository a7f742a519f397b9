using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.NetSuite;

/// <summary>What tests and the demo steer the stand-in by: <c>/_sandbox/netsuite/…</c>.</summary>
internal static class NetSuiteControl
{
    /// <summary>Adds the controls; books are asked for on each call, because a reset replaces them.</summary>
    public static void Map(IEndpointRouteBuilder control, NetSuiteStandIn standIn)
    {
        var group = control.MapGroup("/netsuite");
        group.MapGet("/ledger", () => standIn.Ledger.Summary(NetSuiteMaster.Receivables, NetSuiteMaster.Currencies));
        group.MapGet("/ledger/{externalId}", (string externalId) => standIn.Ledger.Under(externalId)
            .Select(one => new { one.Id, one.Type, one.Version, one.Memo, Period = one.Period.ToString("yyyy-MM", CultureInfo.InvariantCulture), one.Lines }));
        group.MapGet("/key", () => Results.Text(standIn.Tokens.OwnPrivateKey()));
        group.MapPost("/certificates", (Certificate one) =>
            standIn.Tokens.Register(one.Id, one.Pem) ? Results.NoContent() : Results.BadRequest("no RSA public key"));
        group.MapGet("/tokens", () => new { standIn.Tokens.Given });
        group.MapPost("/tokens/end", () => { standIn.Tokens.End(); return Results.NoContent(); });
        group.MapPost("/tokens/life", (Life life) => { standIn.Tokens.Life = TimeSpan.FromSeconds(life.Seconds); return Results.NoContent(); });
        group.MapGet("/slots", standIn.Slots.Now);
        group.MapPost("/slots", (Slots slots) => { standIn.Slots.Set(slots.Count); return Results.NoContent(); });
        group.MapPost("/periods/close", (Period period) => { standIn.Master.Close(period.Day); return Results.NoContent(); });
        group.MapPost("/periods/open", (Period period) => { standIn.Master.Open(period.Day); return Results.NoContent(); });
        group.MapPost("/approval", (Approval approval) =>
        {
            (standIn.Master.ApprovalRouting, standIn.Master.MayApprove) = (approval.Routing, approval.Allowed);
            return Results.NoContent();
        });
        group.MapPost("/customers/inactive", (Inactive one) => standIn.Master.CustomerUnder(one.Code) is null
            ? Results.NotFound()
            : Done(standIn.Master.Upsert(one.Code, standing => standing! with { Inactive = one.Is }) is not null));
        group.MapPost("/customers/forget", (Forget one) => { standIn.Master.Forget(one.Code); return Results.NoContent(); });
        Tampering(group.MapGroup("/tamper"), standIn);
    }

    /// <summary>What people and other programs do to the books behind our back.</summary>
    private static void Tampering(RouteGroupBuilder tamper, NetSuiteStandIn standIn)
    {
        tamper.MapPost("/delete", (Which which) => Done(standIn.Ledger.Tamper(which.ExternalId, _ => null)));
        tamper.MapPost("/void", (Which which) => Done(standIn.Ledger.Tamper(which.ExternalId, one => one with { Voided = true })));
        tamper.MapPost("/move", (Move move) => Done(standIn.Ledger.Tamper(move.ExternalId, one => one with { Period = one.Period.AddMonths(move.Months) })));
        tamper.MapPost("/alter", (Alter alter) => Done(standIn.Ledger.Tamper(alter.ExternalId, one => one with { Lines = Shifted(one.Lines, alter) })));
        tamper.MapPost("/customer", (Customer other) => standIn.Master.CustomerUnder(other.Code) is { } customer
            ? Done(standIn.Ledger.Tamper(other.ExternalId, one => one with { Lines = [.. one.Lines.Select(line => line with { Entity = customer.Id })] }))
            : Results.NotFound());
        // Enters a copy: under the same external id of another kind of record, or a journal of another external id.
        tamper.MapPost("/copy", (Copy copy) =>
        {
            if (standIn.Ledger.Under(copy.ExternalId) is not [var original, ..]) return Results.NotFound();
            standIn.Ledger.Enter(copy.As is null ? original with { Type = "CustInvc" } : original with { ExternalId = copy.As });
            return Results.NoContent();
        });
    }

    // The receivable takes the other side, so that the document still balances.
    private static IReadOnlyList<NetSuiteLine> Shifted(IReadOnlyList<NetSuiteLine> lines, Alter alter)
    {
        var receivable = lines.First(line => NetSuiteMaster.Receivables.Contains(line.Account)).Id;
        var other = lines.First(line => line.Account == alter.Account).Id;
        return [.. lines.Select(line => line.Id == receivable ? line with { Amount = line.Amount + alter.Amount }
            : line.Id == other ? line with { Amount = line.Amount - alter.Amount } : line)];
    }

    private static IResult Done(bool found) => found ? Results.NoContent() : Results.NotFound();

    internal sealed record Certificate(string Id, string Pem);

    internal sealed record Life(int Seconds);

    internal sealed record Slots(int Count);

    internal sealed record Approval(bool Routing, bool Allowed = true);

    internal sealed record Inactive(string Code, bool Is = true);

    internal sealed record Forget(string Code);

    /// <summary>As <c>2026-11</c>.</summary>
    internal sealed record Period(string Month)
    {
        public DateOnly Day => DateOnly.ParseExact(Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    internal record Which(string ExternalId);

    /// <summary>Moves an amount between an account and the receivable.</summary>
    internal sealed record Alter(string ExternalId, long Account, decimal Amount) : Which(ExternalId);

    internal sealed record Move(string ExternalId, int Months) : Which(ExternalId);

    internal sealed record Customer(string ExternalId, string Code) : Which(ExternalId);

    internal sealed record Copy(string ExternalId, string? As = null) : Which(ExternalId);
}
