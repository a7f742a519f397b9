using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Odoo;

/// <summary>What tests and the demo steer the stand-in by: <c>/_sandbox/odoo/…</c>.</summary>
internal static class OdooControl
{
    private const string Moves = "account.move";

    /// <summary>Adds the controls; the database is asked for on each call, because a reset replaces it.</summary>
    public static void Map(IEndpointRouteBuilder control, OdooStandIn standIn)
    {
        var group = control.MapGroup("/odoo");
        group.MapGet("/ledger", () => Summary(standIn));
        group.MapGet("/ledger/{key}", (string key) => Under(standIn, key));
        group.MapGet("/open/{key}", (string key) => Open(standIn, key));
        standIn.Slots.MapControl(group);
        group.MapPost("/periods/close", (Period period) => Lock(standIn, period.Company, period.Field, period.Day));
        group.MapPost("/periods/open", (Period period) => Lock(standIn, period.Company, period.Field, null));
        group.MapPost("/customers/archive", (Archive one) => Change(
            standIn, "res.partner", row => row.Text("ref") == one.Code, row => row["active"] = !one.Is));
        group.MapPost("/customers/copy", (Which which) => Copied(standIn, "res.partner", row => row.Text("ref") == which.Key, _ => { }));
        Tampering(group.MapGroup("/tamper"), standIn);
    }

    /// <summary>What people and other programs do to the books behind our back.</summary>
    private static void Tampering(RouteGroupBuilder tamper, OdooStandIn standIn)
    {
        tamper.MapPost("/copy", (Copy copy) => Copied(standIn, Moves, row => row.Text("ref") == copy.Key, row =>
        {
            row["name"] = copy.As;
            if (copy.Draft) row["state"] = "draft";
        }));
        tamper.MapPost("/delete", (Which which) => Change(standIn, Moves, row => row.Text("ref") == which.Key, row => row["state"] = "cancel"));
        tamper.MapPost("/move", (Move move) => Change(standIn, Moves, row => row.Text("ref") == move.Key, row => row["date"] =
            DateOnly.ParseExact(row.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture).AddMonths(move.Months).ToString("yyyy-MM-dd",
                CultureInfo.InvariantCulture)));
        tamper.MapPost("/amount", (Amount amount) => Change(standIn, Moves, row => row.Text("ref") == amount.Key, row =>
        {
            var sign = row.Text("move_type") == "out_refund" ? -1m : 1m;
            row["amount_untaxed"] = row.Amount("amount_untaxed") + amount.By;
            row["amount_total"] = row.Amount("amount_total") + amount.By;
            var lines = standIn.Moves.LinesOf(row.Id);
            lines[0]["amount_currency"] = lines[0].Amount("amount_currency") - sign * amount.By;
            lines[^1]["amount_currency"] = lines[^1].Amount("amount_currency") + sign * amount.By;
        }));
    }

    private static IResult Lock(OdooStandIn standIn, string company, string field, string? day) =>
        Change(standIn, "res.company", row => row.Text("name") == company, row => row[field] = day);

    private static IResult Copied(OdooStandIn standIn, string model, Predicate<OdooRow> which, Action<OdooRow> change)
    {
        lock (standIn.Database.Gate)
        {
            if (standIn.Database[model].Find(which) is not { } original) return Results.NotFound();
            var copy = standIn.Database.Add(model, original.Values.Select(value => (value.Key, value.Value)));
            change(copy);
            if (model == Moves)
                foreach (var line in standIn.Moves.LinesOf(original.Id))
                {
                    var twin = standIn.Database.Add("account.move.line", line.Values.Select(value => (value.Key, value.Value)));
                    (twin["move_id"], twin["parent_state"]) = (copy.Id, copy["state"]);
                }
            return Results.NoContent();
        }
    }

    private static IResult Change(OdooStandIn standIn, string model, Predicate<OdooRow> which, Action<OdooRow> change)
    {
        lock (standIn.Database.Gate)
        {
            var rows = standIn.Database[model].FindAll(which);
            foreach (var row in rows)
            {
                change(row);
                if (model == Moves)
                    foreach (var line in standIn.Moves.LinesOf(row.Id)) (line["date"], line["parent_state"]) = (row["date"], row["state"]);
            }
            return rows.Count > 0 ? Results.NoContent() : Results.NotFound();
        }
    }

    private static List<object> Under(OdooStandIn standIn, string key)
    {
        lock (standIn.Database.Gate)
            return [.. standIn.Database[Moves].Where(move => move.Text("state") != "cancel"
                && (move.Text("ref") == key || move.Text("name") == key)).Select(move => new
            {
                move.Id,
                Name = move.Text("name"),
                Type = move.Text("move_type"),
                State = move.Text("state"),
                Date = move.Text("date"),
                Total = move.Amount("amount_total"),
                Lines = standIn.Moves.LinesOf(move.Id).Select(line => new
                {
                    Account = standIn.Database.Get("account.account", line.Link("account_id")).Text("code"),
                    Partner = line.Link("partner_id"),
                    Amount = line.Amount("amount_currency"),
                    Debit = line.Amount("debit"),
                    Credit = line.Amount("credit"),
                    Open = line.Amount("amount_residual_currency"),
                    Label = line.Text("name"),
                    Analytic = (line["analytic_distribution"] as JsonObject)?.Select(share =>
                        standIn.Database.Get("account.analytic.account", long.Parse(share.Key, CultureInfo.InvariantCulture)).Text("code")) ?? [],
                }),
            })];
    }

    private static decimal Open(OdooStandIn standIn, string key)
    {
        lock (standIn.Database.Gate)
            return standIn.Database[Moves].Where(move => move.Text("ref") == key && move.Text("state") == "posted")
                .SelectMany(move => standIn.Moves.LinesOf(move.Id)).Sum(line => line.Amount("amount_residual_currency"));
    }

    /// <summary>Counts and totals for whoever checks from outside that nothing was lost and nothing doubled.</summary>
    private static object Summary(OdooStandIn standIn)
    {
        lock (standIn.Database.Gate)
        {
            var moves = standIn.Database[Moves].Where(move => move.Text("state") != "cancel").ToList();
            return new
            {
                Moves = moves.Count,
                Posted = moves.Count(move => move.Text("state") == "posted"),
                Totals = moves.Where(move => move.Text("state") == "posted" && move.Text("move_type") != "entry").GroupBy(move =>
                    move.Link("currency_id")).Select(sum => new
                    {
                        Currency = standIn.Database.Get("res.currency", sum.Key).Text("name"),
                        Amount = sum.Sum(move => (move.Text("move_type") == "out_refund" ? -1m
                            : 1m) * move.Amount("amount_total")).ToString(CultureInfo.InvariantCulture),
                    }),
                Duplicates = moves.GroupBy(move => move.Text("ref"), StringComparer.Ordinal).Where(same => same.Count() > 1)
                    .Select(same => new { same.Key, Count = same.Count() }),
            };
        }
    }

    /// <summary>Month as <c>2026-11</c>; it and all before it are closed.</summary>
    internal sealed record Period(string Company, string Month, string Field = "fiscalyear_lock_date")
    {
        public string Day => DateOnly.ParseExact(Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture).AddMonths(1).AddDays(-1)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    internal sealed record Archive(string Code, bool Is = true);

    internal record Which(string Key);

    internal sealed record Copy(string Key, string As, bool Draft = false) : Which(Key);

    internal sealed record Move(string Key, int Months) : Which(Key);

    internal sealed record Amount(string Key, decimal By) : Which(Key);
}
