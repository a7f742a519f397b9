using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tieout.Application.Payments;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary><c>tieout payment rules ENTITY [--grace-days 3] [--tolerance EUR=0.50]</c>.</summary>
internal static class PaymentRulesVerb
{
    public static Command Create()
    {
        var entity = LedgerVerbs.Entity();
        var grace = new Option<int?>("--grace-days")
        {
            Description = "So many days later than the invoice says its discount may be kept; 0 to 10.",
            HelpName = "days",
        };
        var tolerance = new Option<string[]>("--tolerance")
        {
            Description = "A payment that differs from its invoice by no more settles it: EUR=0.50. May be given several times; what is left out is none.",
            AllowMultipleArgumentsPerToken = false,
            HelpName = "currency=amount",
        };
        var reason = CashOptions.Text("--reason", "Why. Needed to set them; at most 200 characters.");
        return new Command("rules", "Days of grace for discounts, and what goes to rounding: of a legal entity, as they count or set anew.")
        {
            entity, grace, tolerance, reason,
        }.Does(async (parsed, screen, cancel) =>
        {
            await using var database = await parsed.OpenDatabase(cancel);
            var rules = new SetPaymentRules(database.Source, TimeProvider.System);
            var (days, given, code) = (parsed.GetValue(grace), parsed.GetValue(tolerance), parsed.GetRequiredValue(entity).Trim());
            if (days is null && given is not { Length: > 0 } && parsed.GetValue(reason) is null) return Told(screen, await rules.Find(code, cancel), set: false);
            var document = CashOptions.Document([
                ("grace-days", days is { } some ? JsonValue.Create(some) : null), ("tolerances", Tolerances(given)), ("reason", parsed.GetValue(reason))]);
            return Told(screen, await rules.Set(code, document, Verb.Actor, cancel), set: true);
        });
    }

    private static JsonObject Tolerances(string[]? given)
    {
        var all = new JsonObject();
        foreach (var text in given ?? [])
        {
            var parts = text.Split('=', 2);
            if (parts.Length < 2 || all.ContainsKey(parts[0])) throw new UsageException($"--tolerance {text}: say each currency once, such as EUR=0.50.");
            all[parts[0]] = parts[1];
        }
        return all;
    }

    private static int Told(Screen screen, PaymentRulesOutcome outcome, bool set)
    {
        switch (outcome)
        {
            case PaymentRulesOutcome.Done(var sheet, var again):
                screen.Result(sheet, console =>
                {
                    var table = Screen.Table("entity", ">version", ">grace days", "tolerances", "by", "reason");
                    table.AddRow(
                        sheet.LegalEntity, Screen.Count(sheet.Version), Screen.Count(sheet.GraceDays),
                        string.Join(", ", sheet.Tolerances.Select(one => $"{Screen.Amount(one.Value, one.Key)} {one.Key}")), Markup.Escape(sheet.Actor),
                        Markup.Escape(sheet.Reason));
                    console.Write(table);
                });
                if (set && again) screen.Note("They were so before; nothing was changed.");
                return ExitCode.Done;
            case PaymentRulesOutcome.Unreadable bad: throw new UsageException($"Nothing was changed.\n{string.Join('\n', bad.Problems)}");
            default: throw new UsageException("No legal entity has this code. Correct it.");
        }
    }
}
