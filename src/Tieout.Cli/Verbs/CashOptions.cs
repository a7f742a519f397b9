using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Application.Journals;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary>Options that the verbs about money share, and how a command becomes the document that the API takes too.</summary>
internal static class CashOptions
{
    public static Argument<string> Number(string what) => new("number") { Description = $"The {what}'s number, such as USJ-2026-0000001." };

    public static Option<string?> Text(string name, string description, string shown = "text") => new(name) { Description = description, HelpName = shown };

    public static Option<string> Reason() => new("--reason") { Description = "Why. At most 200 characters.", Required = true, HelpName = "text" };

    public static Option<string?> On() =>
        Text("--on", "The day it is dated, such as 2026-11-30; its month must be open. Default: today, or the day of what it is about if that is later.", "date");

    public static Option<string?> BankAccount() =>
        Text("--bank-account", "Code of the legal entity's bank account that the money moves on. Default: the one that it came to, else cash-clearing.", "code");

    public static Option<string?> Key() => Text("--key", "Names the request: the same name again adds nothing. Default: made of what is asked.", "name");

    public static Option<string[]> Invoices(string description) =>
        new("--invoice") { Description = description, AllowMultipleArgumentsPerToken = false, HelpName = "number=amount" };

    public static Option<string[]> Discounts() => new("--discount")
    {
        Description = "What is kept of an invoice for paying early, beside its --invoice: number=amount. May be given several times.",
        AllowMultipleArgumentsPerToken = false,
        HelpName = "number=amount",
    };

    public static Option<bool> Difference() => new("--difference")
    {
        Description = "What the money differs from the one invoice named by goes to rounding; no more than the legal entity's tolerance (payment rules).",
    };

    /// <summary>The document of a command; what was not given is left out.</summary>
    public static JsonElement Document(IEnumerable<(string Name, JsonNode? Value)> members)
    {
        var document = new JsonObject();
        foreach (var (name, value) in members)
            if (value is not null) document[name] = value;
        return JsonSerializer.SerializeToElement(document);
    }

    /// <summary><c>US-2026-0000001=12.50</c>, or the number alone for all that it asks for; discounts in the same way.</summary>
    /// <exception cref="UsageException">A discount is for no invoice that is named.</exception>
    public static JsonArray? Named(string[]? given, string[]? discounts = null)
    {
        var kept = (discounts ?? []).Select(text => text.Split('=', 2)).ToList();
        if (kept.Find(parts => parts.Length < 2 || given?.Any(one => one.Split('=', 2)[0] == parts[0]) != true) is { } lost)
            throw new UsageException($"--discount {lost[0]}: say how much, and name the invoice with --invoice.");
        return given is not { Length: > 0 } ? null : new JsonArray([.. given.Select(text =>
        {
            var parts = text.Split('=', 2);
            var one = new JsonObject { ["invoice"] = parts[0] };
            if (parts.Length == 2) one["amount"] = parts[1];
            if (kept.Find(other => other[0] == parts[0]) is { } discount) one["discount"] = discount[1];
            return (JsonNode)one;
        })]);
    }

    /// <summary>The key given, or one made of what is asked: the same command typed twice gives once.</summary>
    public static string KeyOf(this ParseResult parsed, Option<string?> key, string what, JsonElement document) =>
        parsed.GetValue(key) ?? $"cli:{what}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.GetRawText())))}";

    /// <summary>Tells what was booked, or why nothing was.</summary>
    public static int Told(Screen screen, JournalOutcome outcome) => JournalVerbs.Told(screen, outcome, "Nothing has this number.");

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
